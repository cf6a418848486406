import { type AttributeValue, type Attributes, canonicalNumber, entriesOf, sameValue } from '@hybridge/protocol';
import { TestkitError } from '../errors.ts';
import { type TokenReader, readTokens } from './tokens.ts';

/** What an expression is evaluated against. */
export interface Scope {
  /** The item as it stands; no attributes for an absent item. */
  readonly attributes: Attributes;
  /** `#name` → attribute name. */
  readonly names: Readonly<Record<string, string>>;
  /** `:value` → attribute value. */
  readonly values: Attributes;
}

type Operand = AttributeValue | undefined;
type Test = (scope: Scope) => boolean;
type Read = (scope: Scope) => Operand;

/**
 * Evaluates a condition as DynamoDB does, for the part of its language the protocol uses: `attribute_exists`,
 * `attribute_not_exists`, `= <> < <= > >=`, `IN`, `AND`, `OR`, `NOT`, parentheses and paths into maps.
 * @throws TestkitError for anything else
 */
export function holds(condition: string, scope: Scope): boolean {
  const tokens = readTokens(condition);
  const test = parseOr(tokens);
  if (tokens.peek() !== undefined) throw invalid(`"${condition}" goes on where it should end.`);
  return test(scope);
}

function parseOr(tokens: TokenReader): Test {
  const tests = [parseAnd(tokens)];
  while (tokens.take('OR')) tests.push(parseAnd(tokens));
  return (scope) => tests.some((test) => test(scope));
}

function parseAnd(tokens: TokenReader): Test {
  const tests = [parseNot(tokens)];
  while (tokens.take('AND')) tests.push(parseNot(tokens));
  return (scope) => tests.every((test) => test(scope));
}

function parseNot(tokens: TokenReader): Test {
  if (tokens.take('NOT')) {
    const test = parseNot(tokens);
    return (scope) => !test(scope);
  }
  if (!tokens.take('(')) return parseTest(tokens);
  const test = parseOr(tokens);
  tokens.expect(')');
  return test;
}

function parseTest(tokens: TokenReader): Test {
  if (tokens.peek()?.kind === 'word') return parseFunction(tokens);
  const left = parseOperand(tokens);
  const sign = tokens.next().text.toUpperCase();
  if (sign === 'IN') {
    const options = parseList(tokens);
    return (scope) => options.some((option) => COMPARISONS['=']?.(left(scope), option(scope)));
  }
  const comparison = COMPARISONS[sign];
  if (comparison === undefined) throw invalid(`"${sign}" is no comparison.`);
  const right = parseOperand(tokens);
  return (scope) => comparison(left(scope), right(scope));
}

function parseFunction(tokens: TokenReader): Test {
  const name = tokens.next().text.toLowerCase();
  if (name !== 'attribute_exists' && name !== 'attribute_not_exists') throw invalid(`"${name}" is no known function.`);
  tokens.expect('(');
  const operand = parseOperand(tokens);
  tokens.expect(')');
  return (scope) => (operand(scope) !== undefined) === (name === 'attribute_exists');
}

function parseList(tokens: TokenReader): readonly Read[] {
  tokens.expect('(');
  const operands = [parseOperand(tokens)];
  while (tokens.take(',')) operands.push(parseOperand(tokens));
  tokens.expect(')');
  return operands;
}

/** Reads a path `#name.#name` or `:value`; also the right-hand sides of updates. */
export function parseOperand(tokens: TokenReader): Read {
  const token = tokens.next();
  if (token.kind === 'name') {
    const path = [token.text];
    while (tokens.take('.')) path.push(tokens.next().text);
    return (scope) => valueAt(path, scope);
  }
  if (token.kind === 'value') {
    return (scope) => scope.values[token.text] ?? fail(`Value ${token.text} was not given.`);
  }
  throw invalid(`"${token.text}" is neither a #name nor a :value.`);
}

/** Undefined also where the path leads through something that is no map. */
function valueAt([first = '', ...rest]: readonly string[], scope: Scope): Operand {
  let value: Operand = scope.attributes[attributeName(first, scope)];
  for (const name of rest) value = entriesOf(value)[attributeName(name, scope)];
  return value;
}

/** @throws TestkitError when the name was not given */
export const attributeName = (placeholder: string, scope: Scope): string =>
  scope.names[placeholder] ?? fail(`Name ${placeholder} was not given.`);

/** A comparison whose operand is missing, or whose operands are of different types, does not hold. */
const ordered =
  (accepts: (order: number) => boolean) =>
  (a: Operand, b: Operand): boolean => {
    const order = compare(a, b);
    return order !== undefined && accepts(order);
  };

const COMPARISONS: Readonly<Record<string, (a: Operand, b: Operand) => boolean>> = {
  '=': (a, b) => a !== undefined && sameValue(a, b),
  '<>': (a, b) => !(a !== undefined && sameValue(a, b)),
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
};

function compare(a: Operand, b: Operand): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  if ('S' in a && 'S' in b) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  if ('B' in a && 'B' in b) return Buffer.compare(a.B, b.B);
  if ('N' in a && 'N' in b) return compareNumbers(a.N, b.N);
  return undefined;
}

function compareNumbers(a: string, b: string): number {
  const [left, right] = [scaled(a), scaled(b)];
  const width = Math.max(left.scale, right.scale);
  const difference =
    left.digits * 10n ** BigInt(width - left.scale) - right.digits * 10n ** BigInt(width - right.scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function scaled(value: string): { digits: bigint; scale: number } {
  const canonical = canonicalNumber(value) ?? fail(`"${value}" is no number.`);
  const [whole = '', fraction = ''] = canonical.split('.');
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

const invalid = (message: string): TestkitError => new TestkitError('HYBRIDGE_TESTKIT_EXPRESSION_INVALID', message);

function fail(message: string): never {
  throw invalid(message);
}
