import {
  type AttributeValue,
  type Attributes,
  NULL,
  elementsOf,
  entriesOf,
  list,
  map,
  number,
  scalarOf,
  text,
} from './attribute.ts';
import { ProtocolError } from './errors.ts';
import { type Version, parseVersion } from './version.ts';

/** What an item says about its row. */
export const ItemState = {
  /** The row exists; the item carries its columns. */
  live: 'L',
  /** SQL said the row is absent as of `_v`. */
  tombstone: 'T',
  /** Nothing is known but that the truth is at least as new as `_v`. */
  fence: 'F',
  /** A customer deleted the row and SQL has not answered yet. */
  hidden: 'D',
  /** The row cannot be stored as an item; readers go to SQL. */
  quarantined: 'Q',
} as const;
export type ItemState = (typeof ItemState)[keyof typeof ItemState];

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** A whole item as DynamoDB holds it, keys and metadata included. */
export type Item = Attributes;

/** Metadata attributes; every other attribute that does not begin with `_` is an own column, but for the keys. */
export const Meta = {
  state: '_st',
  version: '_v',
  nonce: '_w',
  transaction: '_fx',
  committedAt: '_ct',
  leaseToken: '_lt',
  leaseExpiry: '_lx',
  expiry: '_x',
  negativeExpiry: '_nx',
  pending: '_p',
  truth: '_t',
  pendingSince: '_pt',
  outcomes: '_r',
  quarantine: '_q',
} as const;

/** State of an item that tells of no row. */
export const CONTROL_STATE = 'C';

/** Items that belong to no view: marks, parked keys, whatever the system keeps for itself in the view table. */
export const isControlKey = (key: ItemKey): boolean => CONTROL_KEY.test(key.pk) || isAnchorKey(key);

/** Control items, reverse references, fan-out jobs. */
const CONTROL_KEY = /^[CRJ]#/;
const isAnchorKey = ({ pk, sk }: ItemKey): boolean => pk.startsWith('A#') && sk.startsWith('PLACE#');

/** Metadata of control items, beside version, transaction and commit time. */
export const ControlMeta = {
  notBefore: '_mn',
  endOffsets: '_me',
  serving: '_sv',
} as const;

/** What an item carries for each relation of its view, as the map `_e_<relation>`. */
export const FragmentMeta = {
  /** Partition key of the parent's base item; empty for a row without parent. */
  key: 'k',
  /** Version of the fragment; empty while nothing is known of the parent. */
  version: 'v',
} as const;

const FRAGMENT = '_e_';

/** The metadata attribute of a relation; the attribute named as the relation holds the fragment itself. */
export const fragmentMeta = (relation: string): string => `${FRAGMENT}${relation}`;

/** Names of the relations whose fragments an item carries. */
export const relationsOf = (item: Item): readonly string[] =>
  Object.keys(item)
    .filter((name) => name.startsWith(FRAGMENT))
    .map((name) => name.slice(FRAGMENT.length));

/** Metadata of what stands between rows: base items, anchors, jobs. */
export const JoinMeta = {
  contentVersion: '_fv',
  place: '_at',
  cursor: '_jc',
  from: '_jf',
  leg: '_jl',
  visited: '_jn',
  raisedAt: '_ja',
} as const;

/** What the source's SQL says of the row while changes are pending: it exists, it does not, or nobody knows. */
export type Truth =
  { readonly exists: true; readonly columns: Attributes } | { readonly exists: false } | { readonly exists: 'unknown' };

export type ChangeOperation = 'u' | 'i' | 'd';

/** A customer's change that SQL has not answered yet. */
export interface PendingChange {
  readonly id: string;
  /** Position in the item's own order of changes; grows by one. */
  readonly n: number;
  readonly op: ChangeOperation;
  /** New values by attribute name; all own columns for an insert, empty for a delete. */
  readonly set: Attributes;
  /** The visible values the customer saw: of the fields set, or of all columns for a delete. */
  readonly base: Attributes;
  /** The item's version the customer saw. */
  readonly baseVersion: string;
  /** When the change was accepted, milliseconds since 1970. */
  readonly at: number;
  /** Who asked for it. */
  readonly by: string;
}

export const OutcomeKind = { applied: 'A', rejected: 'R' } as const;
export type OutcomeKind = (typeof OutcomeKind)[keyof typeof OutcomeKind];

/** How a customer's change ended. */
export interface Outcome {
  readonly id: string;
  readonly out: OutcomeKind;
  readonly code?: string;
  readonly message?: string;
  readonly at: number;
}

export const stateOf = (item: Item): ItemState => scalarOf(item[Meta.state]) as ItemState;
export const nonceOf = (item: Item): string => scalarOf(item[Meta.nonce]) ?? '';
export const hasPending = (item: Item): boolean => item[Meta.pending] !== undefined;

/** @throws ProtocolError when the item carries something that is not a version. */
export function versionOf(item: Item): Version | undefined {
  const value = scalarOf(item[Meta.version]);
  return value === undefined ? undefined : parseVersion(value);
}

export const transactionOf = (item: Item): string | undefined => scalarOf(item[Meta.transaction]);

/** Commit time of the truth in the item, milliseconds since 1970. */
export function committedAtOf(item: Item): number | undefined {
  const value = scalarOf(item[Meta.committedAt]);
  return value === undefined ? undefined : Number(value);
}

/** The own columns of an item: everything but keys, metadata and fragments of other rows. */
export function columnsOf(item: Item): Attributes {
  const relations = relationsOf(item);
  return Object.fromEntries(Object.entries(item).filter(([name]) => isOwnColumn(name) && !relations.includes(name)));
}

/** The keys of indexes: derived from the visible columns, and never part of a truth. */
export const isIndexAttribute = (name: string): boolean => INDEX_ATTRIBUTE.test(name);

const INDEX_ATTRIBUTE = /^_.+_[ps]k$/;

/** Names of all attributes of an item that tell of its row: own columns, keys of indexes, fragments of other rows. */
export const rowAttributesOf = (item: Item): readonly string[] =>
  Object.keys(item).filter((name) => isOwnColumn(name) || isIndexAttribute(name) || name.startsWith(FRAGMENT));

export const isOwnColumn = (name: string): boolean => name !== 'pk' && name !== 'sk' && !name.startsWith('_');

export function keyOf(item: Item): ItemKey {
  const pk = scalarOf(item['pk']);
  const sk = scalarOf(item['sk']);
  if (pk === undefined || sk === undefined) {
    throw new ProtocolError('HYBRIDGE_PROTOCOL_ITEM_MALFORMED', 'An item without pk or sk is not an item of a view.');
  }
  return { pk, sk };
}

/** One string for a key: the Kafka message key of inbox rows, and how logs name an item. */
export const formatKey = (key: ItemKey): string => `${key.pk}|${key.sk}`;

/** @param b undefined: of no item, which no other one is */
export const isSameKey = (a: ItemKey, b: ItemKey | undefined): boolean =>
  b !== undefined && a.pk === b.pk && a.sk === b.sk;

/** The SQL truth an item holds, wherever it stands: beside pending changes, or as the visible columns. */
export function truthOf(item: Item): Truth {
  const stored = item[Meta.truth];
  if (stored !== undefined) return decodeTruth(stored);
  if (stateOf(item) === ItemState.live) return { exists: true, columns: columnsOf(item) };
  return stateOf(item) === ItemState.tombstone ? { exists: false } : { exists: 'unknown' };
}

export function encodeTruth(truth: Truth): AttributeValue {
  if (truth.exists === true) return map({ e: number(1), c: map(truth.columns) });
  return map({ e: truth.exists === false ? number(0) : text('?') });
}

export function decodeTruth(value: AttributeValue): Truth {
  const entries = entriesOf(value);
  const exists = scalarOf(entries['e']);
  if (exists === '1') return { exists: true, columns: entriesOf(entries['c']) };
  return exists === '0' ? { exists: false } : { exists: 'unknown' };
}

export const pendingOf = (item: Item): readonly PendingChange[] => elementsOf(item[Meta.pending]).map(decodePending);

export const encodePendingList = (changes: readonly PendingChange[]): AttributeValue =>
  list(changes.map(encodePending));

export function encodePending(change: PendingChange): AttributeValue {
  return map({
    id: text(change.id),
    n: number(change.n),
    op: text(change.op),
    set: map(change.set),
    base: map(change.base),
    bv: text(change.baseVersion),
    at: number(change.at),
    by: text(change.by),
  });
}

function decodePending(value: AttributeValue): PendingChange {
  const entries = entriesOf(value);
  return {
    id: scalarOf(entries['id']) ?? '',
    n: Number(scalarOf(entries['n'])),
    op: (scalarOf(entries['op']) ?? 'u') as ChangeOperation,
    set: entriesOf(entries['set']),
    base: entriesOf(entries['base']),
    baseVersion: scalarOf(entries['bv']) ?? '',
    at: Number(scalarOf(entries['at'])),
    by: scalarOf(entries['by']) ?? '',
  };
}

export const outcomesOf = (item: Item): readonly Outcome[] => elementsOf(item[Meta.outcomes]).map(decodeOutcome);

export const encodeOutcomes = (outcomes: readonly Outcome[]): AttributeValue =>
  list(
    outcomes.map((outcome) =>
      map({
        id: text(outcome.id),
        out: text(outcome.out),
        code: outcome.code === undefined ? NULL : text(outcome.code),
        msg: outcome.message === undefined ? NULL : text(outcome.message),
        at: number(outcome.at),
      }),
    ),
  );

function decodeOutcome(value: AttributeValue): Outcome {
  const entries = entriesOf(value);
  const code = scalarOf(entries['code']);
  const message = scalarOf(entries['msg']);
  return {
    id: scalarOf(entries['id']) ?? '',
    out: (scalarOf(entries['out']) ?? 'R') as OutcomeKind,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    at: Number(scalarOf(entries['at'])),
  };
}
