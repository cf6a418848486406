import { type AttributeValue, type Attributes, type ChangeOperation, NULL, sameValue } from '@hybridge/protocol';
import { type Document, type ViewRelation, ViewError, columnOf, fromPlain } from '@hybridge/views';
import { InvalidValueError, NotAllowedError } from './errors.ts';
import type { Place } from './place.ts';
import type { ChangeRequest } from './types.ts';

/** A customer's request in the protocol's words. */
export interface ReadRequest {
  readonly op: ChangeOperation;
  readonly set: Attributes;
}

/**
 * Checks a request against the view: what may be changed, which attributes there are, which values fit.
 * @throws NotAllowedError, InvalidValueError naming the attribute, the type and the value
 */
export function readChangeRequest(place: Place, request: ChangeRequest<Document>): ReadRequest {
  switch (request.op) {
    case 'update':
      return { op: 'u', set: readUpdate(place, request.set) };
    case 'insert':
      assertAllowed(place, 'insert');
      return { op: 'i', set: readInsert(place, request.values) };
    case 'delete':
      assertAllowed(place, 'delete');
      return { op: 'd', set: {} };
  }
}

function assertAllowed({ view, facts }: Place, what: 'insert' | 'delete'): void {
  if (view.changes[what]) return;
  throw new NotAllowedError(`${view.name} does not let customers ${what} rows.`, { ...facts, fix: changeable(view) });
}

function readUpdate(place: Place, set: Partial<Document>): Attributes {
  const given = entriesGiven(set);
  if (given.length === 0) {
    throw new InvalidValueError('The change names no attribute.', { ...place.facts, fix: changeable(place.view) });
  }
  return Object.fromEntries(given.map(([attribute, value]) => [attribute, readAllowed(place, attribute, value)]));
}

/** A new row carries every attribute of the view: what is not given is null, or the key's. */
function readInsert(place: Place, values: Partial<Document>): Attributes {
  const given = new Map(entriesGiven(values));
  const unknown = [...given.keys()].find((attribute) => !place.view.attributeNames.includes(attribute));
  if (unknown !== undefined) throw unsettable(place, unknown);
  return Object.fromEntries(
    place.view.attributeNames.map((attribute) => [attribute, readInserted(place, attribute, given.get(attribute))]),
  );
}

function readInserted(place: Place, attribute: string, value: unknown): AttributeValue {
  const { view, keyRow, facts } = place;
  const column: string = view.attributes[attribute];
  const ofKey = keyRow[column];
  if (ofKey !== undefined) {
    if (value === undefined || sameValue(readValue(place, attribute, value), ofKey)) return ofKey;
    const fix = 'Leave it out, or give the same value as in the key.';
    throw new InvalidValueError(`${view.name}.${attribute} is part of the key, and the key says otherwise.`, {
      ...facts,
      attribute,
      fix,
    });
  }
  if (value !== undefined) return readAllowed(place, attribute, value);
  if (columnOf(view.table, column).nullable) return NULL;
  throw new InvalidValueError(`${view.name}.${attribute} is missing.`, {
    ...facts,
    attribute,
    fix: `Give ${attribute}.`,
  });
}

function readAllowed(place: Place, attribute: string, value: unknown): AttributeValue {
  const { view } = place;
  if (!(view.changes.allow as readonly string[]).includes(attribute)) throw unsettable(place, attribute);
  return readValue(place, attribute, value);
}

function readValue(place: Place, attribute: string, value: unknown): AttributeValue {
  if (!isWellFormed(value)) {
    const message = `${place.view.name}.${attribute} contains a character no database stores: U+0000 or half of a surrogate pair.`;
    throw new InvalidValueError(message, { ...place.facts, attribute, fix: 'Remove the character.' });
  }
  try {
    return fromPlain(place.view, attribute, value);
  } catch (error) {
    if (!(error instanceof ViewError)) throw error;
    throw new InvalidValueError(error.message, { ...place.facts, attribute, cause: error });
  }
}

/** PostgreSQL holds no U+0000, and UTF-8 no surrogate without its other half. */
const UNSTORABLE_CHARACTER = /\0|\p{Surrogate}/u;

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return !UNSTORABLE_CHARACTER.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, entry]) => isWellFormed(name) && isWellFormed(entry));
}

const entriesGiven = (set: Partial<Document>): readonly (readonly [string, unknown])[] =>
  Object.entries(set).filter(([, value]) => value !== undefined);

/** An attribute that customers may not set, as there is none such, or as nobody lets them. */
function unsettable({ view, facts }: Place, attribute: string): InvalidValueError | NotAllowedError {
  const relation = (view.relations as readonly ViewRelation[]).find(({ name }) => name === attribute);
  if (relation !== undefined) return embedded({ view, facts }, relation);
  if (view.documentNames.includes(attribute)) {
    const message = `${view.name}.${attribute} cannot be changed by customers.`;
    return new NotAllowedError(message, { ...facts, attribute, fix: changeable(view) });
  }
  return new InvalidValueError(`${view.name} has no attribute "${attribute}".`, {
    ...facts,
    attribute,
    fix: `Its attributes are ${view.documentNames.join(', ')}.`,
  });
}

/** A copy of another row: which one, an attribute of the view's own says, if it has such a one. */
function embedded({ view, facts }: Pick<Place, 'view' | 'facts'>, { name, on, base }: ViewRelation): NotAllowedError {
  const attributes: readonly string[] = view.attributeNames;
  const links = attributes.filter((one) => on.includes(view.attributes[one]));
  const isSettable = links.length === on.length && links.every((one) => view.changes.allow.includes(one));
  const other = isSettable ? `, or set ${links.join(', ')} to show another row` : '';
  return new NotAllowedError(`${view.name}.${name} is embedded from ${base.table.name} and cannot be changed here.`, {
    ...facts,
    attribute: name,
    fix: `Change that row${other}; the document follows.`,
  });
}

function changeable(view: Place['view']): string {
  const allow: readonly string[] = view.changes.allow;
  return allow.length === 0 ? `${view.name} can only be read.` : `Customers may change ${allow.join(', ')}.`;
}
