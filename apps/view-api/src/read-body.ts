import { type JsonValue, isJsonNumber, type PlainJson, parseJson } from '@hybridge/contracts';
import { canonicalNumber } from '@hybridge/protocol';
import { ApiError } from './errors.ts';

/** Attribute values by attribute name. */
export type Body = { readonly [attribute: string]: PlainJson };

/** Depth of objects and lists inside each other that DynamoDB stores (Service quotas: nested attributes). */
const MAX_DEPTH = 32;

/** Member names that JavaScript objects give a meaning of their own. */
const RESERVED_NAMES: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/**
 * Reads a request body without passing a number through a float.
 * @throws ApiError for what is not a JSON object, or holds a number JSON consumers would change
 */
export function readBody(text: string): Body {
  const value = parse(text);
  if (value === null || typeof value !== 'object' || Array.isArray(value) || isJsonNumber(value)) {
    throw invalid('The body must be a JSON object of attributes.', 'Send {"attribute": value}.');
  }
  return Object.fromEntries(membersOf(value).map(([attribute, entry]) => [attribute, toPlain(attribute, entry, 1)]));
}

function parse(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    throw invalid(`The body is not valid JSON: ${(error as Error).message}`, 'Send one JSON object.');
  }
}

function toPlain(attribute: string, value: JsonValue, depth: number): PlainJson {
  if (depth > MAX_DEPTH)
    throw invalid(`${attribute} is nested deeper than ${MAX_DEPTH} levels.`, 'Send flatter values.');
  if (value === null || typeof value !== 'object') return value;
  if (isJsonNumber(value)) return toSafeNumber(attribute, String(value));
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((entry) => toPlain(attribute, entry, depth + 1));
  return Object.fromEntries(membersOf(value).map(([name, entry]) => [name, toPlain(attribute, entry, depth + 1)]));
}

function membersOf(value: object): readonly (readonly [string, JsonValue])[] {
  const members = Object.entries(value) as [string, JsonValue][];
  const reserved = members.find(([name]) => RESERVED_NAMES.includes(name));
  if (reserved === undefined) return members;
  throw invalid('The body names a reserved member.', `Rename ${RESERVED_NAMES.join(', ')}.`);
}

/** Numbers every JSON consumer reads alike: whole ones up to 2^53 - 1, others whose digits a float gives back. */
function toSafeNumber(attribute: string, digits: string): number {
  const value = Number(digits);
  const whole = Number.isInteger(value);
  const same = Number.isFinite(value) && canonicalNumber(String(value)) === canonicalNumber(digits);
  if (same && (!whole || Number.isSafeInteger(value))) return value;
  throw new ApiError(
    'HYBRIDGE_API_NUMBER_UNSAFE',
    422,
    `${attribute}: ${digits.slice(0, 60)} would lose digits in most JSON implementations.`,
    { attribute, value: digits.slice(0, 60), fix: `Send it as a string: "${digits.slice(0, 60)}".` },
  );
}

const invalid = (message: string, fix: string): ApiError =>
  new ApiError('HYBRIDGE_API_BODY_INVALID', 400, message, { fix });
