import { type AttributeValue, type Attributes, NULL, number, text } from '../attribute.ts';
import type { ExpressionName } from '../expressions.ts';
import {
  type Item,
  type ItemKey,
  ItemState,
  type Truth,
  encodeTruth,
  hasPending,
  nonceOf,
  pendingOf,
  stateOf,
  truthOf,
  versionOf,
} from '../item.ts';
import type { ProtocolContext } from '../ports.ts';
import { type ColumnsToWrite, type ItemShape, derivedColumns } from '../shape.ts';
import type { Version } from '../version.ts';
import { buildWrite } from '../write.ts';
import { type Decision, type Seen, done } from './decision.ts';
import { fenceExpiry, idleEnd, tombstoneExpiry, tombstoneValues } from './expiry.ts';
import { render } from './render.ts';
import { invalidateWrite } from './repair.ts';

/** Where a truth comes from: its place in commit order and the transaction a reader must prove to have seen. */
export interface Provenance {
  readonly version: Version;
  /** PostgreSQL: decimal transaction id. Undefined for snapshot rows, which prove nothing. */
  readonly transaction: string | undefined;
  /** Commit time, milliseconds since 1970. */
  readonly committedAt: number;
}

/** One row change of the source, projected onto one item. */
export interface RowChange extends Provenance {
  readonly key: ItemKey;
  /** `touched`: the row is another one, and the event does not say which: SQL has to. */
  readonly kind: 'upsert' | 'partial' | 'touched' | 'delete' | 'unstorable';
  /** Own columns: all of them for an upsert, the available ones for a partial update, none otherwise. */
  readonly columns: Attributes;
  readonly shape: ItemShape;
  /** Why the row cannot be stored; only for `unstorable`. */
  readonly reason?: string;
  /** A snapshot row so old that a tombstone newer than it may be gone already (protocol, rule 9). */
  readonly aged?: boolean;
}

export const ViewMode = { eager: 'eager', lazy: 'lazy' } as const;
export type ViewMode = (typeof ViewMode)[keyof typeof ViewMode];

/**
 * applied · rebased: stored under pending changes · stale: the item is as new already ·
 * fenced: the key is marked "at least this new" and an eager view must fill it from SQL ·
 * quarantined: readers go to SQL.
 */
export type RowChangeOutcome = 'applied' | 'rebased' | 'stale' | 'fenced' | 'quarantined';

/** Conditions 1 to 4 and 9: what to do with a row change, given what was seen of its item. */
export function decideRowChange(
  change: RowChange,
  mode: ViewMode,
  context: ProtocolContext,
  seen: Seen,
): Decision<RowChangeOutcome> {
  if (seen === undefined) return readsFirst(change) ? { do: 'read' } : store(change, mode, context);
  const item = seen.item;
  if (item === undefined) return decideOnAbsent(change, mode, context);
  const version = versionOf(item);
  if (version !== undefined && version >= change.version) return decideOnAsNew(change, mode, context, item);
  if (hasPending(item)) return rebase(change, context, item);
  return decideOnSettled(change, mode, context, item);
}

/** What is to be done depends on the item: a write that guesses would mostly be refused. */
const readsFirst = (change: RowChange): boolean => change.aged === true || change.kind === 'touched';

/**
 * Mostly there is nothing to do. An item that was quarantined by this very event, which can be stored now, goes back to
 * SQL: its key was parked then, and whoever put the event aside ended before it learned of the release.
 */
function decideOnAsNew(
  change: RowChange,
  mode: ViewMode,
  context: ProtocolContext,
  item: Item,
): Decision<RowChangeOutcome> {
  const isParked = stateOf(item) === ItemState.quarantined && !hasPending(item) && versionOf(item) === change.version;
  if (!isParked || change.kind === 'unstorable') return done(mustBeFilled(item, mode) ? 'fenced' : 'stale');
  const write = invalidateWrite(item, change.shape.names, change.key, context);
  return { do: 'write', write, outcome: 'fenced' };
}

/** A fence an eager view was left with: whoever raised it ended before the fill. */
const mustBeFilled = (item: Item, mode: ViewMode): boolean =>
  mode === ViewMode.eager && stateOf(item) === ItemState.fence && !hasPending(item);

function decideOnAbsent(change: RowChange, mode: ViewMode, context: ProtocolContext): Decision<RowChangeOutcome> {
  const creates = change.kind === 'delete' || change.kind === 'unstorable';
  if (creates || (change.kind === 'upsert' && mode === ViewMode.eager && change.aged !== true)) {
    return store(change, mode, context);
  }
  return fence(change, mode, context);
}

function decideOnSettled(
  change: RowChange,
  mode: ViewMode,
  context: ProtocolContext,
  item: Item,
): Decision<RowChangeOutcome> {
  const state = stateOf(item);
  const inParts = change.kind === 'partial' || change.kind === 'touched';
  if (inParts && state !== ItemState.live) {
    return fence(change, mode, context);
  }
  if (change.kind === 'upsert' && mode === ViewMode.lazy && state === ItemState.fence)
    return fence(change, mode, context);
  // A quarantined item is known, not merely fenced: the next row that can be stored takes its place in both modes.
  return store(change, state === ItemState.quarantined ? ViewMode.eager : mode, context);
}

/** Conditions 1, 1', 1", 2' and 3: the write that needs no look at the item first. */
function store(change: RowChange, mode: ViewMode, context: ProtocolContext): Decision<RowChangeOutcome> {
  const { expression, values, ...columns } = storeParts(change, mode, context);
  const write = buildWrite(expression, {
    key: change.key,
    ...columns,
    ends: idleEnd(change.shape, context),
    values: { ...provenanceValues(change), w: text(context.nonce()), ...values },
  });
  return { do: 'write', write, outcome: OUTCOMES[change.kind] };
}

const OUTCOMES = {
  upsert: 'applied',
  partial: 'applied',
  touched: 'fenced',
  delete: 'applied',
  unstorable: 'quarantined',
} as const satisfies Record<RowChange['kind'], RowChangeOutcome>;

type StoreParts = (ColumnsToWrite | { readonly columns: readonly string[] }) & {
  readonly expression: ExpressionName;
  readonly values: Record<string, AttributeValue>;
};

function storeParts(change: RowChange, mode: ViewMode, context: ProtocolContext): StoreParts {
  const { shape } = change;
  switch (change.kind) {
    case 'upsert':
      return {
        expression: mode === ViewMode.eager ? 'upsertEager' : 'upsertLazy',
        ...derivedColumns(shape, change.columns),
        values: {},
      };
    case 'partial':
      return { expression: 'upsertPartial', ...derivedColumns(shape, change.columns), values: {} };
    case 'touched':
      return { expression: 'fenceLive', columns: shape.names, values: { x: tombstoneExpiry(context) } };
    case 'delete':
      return { expression: 'remove', columns: shape.names, values: tombstoneValues(context) };
    case 'unstorable':
      return {
        expression: 'quarantine',
        columns: shape.names,
        values: { q: text(change.reason ?? 'unstorable') },
      };
  }
}

/** An eager view fills it at once; until then nothing may end it, or the fill would forget the version. */
function fence(change: RowChange, mode: ViewMode, context: ProtocolContext): Decision<RowChangeOutcome> {
  const x = mode === ViewMode.eager ? tombstoneExpiry(context) : fenceExpiry(context);
  const write = buildWrite('fence', {
    key: change.key,
    values: { ...provenanceValues(change), x, w: text(context.nonce()) },
  });
  return { do: 'write', write, outcome: 'fenced' };
}

/** Condition 4: the new truth below, the same pending changes above. */
function rebase(change: RowChange, context: ProtocolContext, item: Item): Decision<RowChangeOutcome> {
  const truth = nextTruth(change, truthOf(item));
  const visible = render(truth, pendingOf(item));
  const write = buildWrite(visible === undefined ? 'rebaseHidden' : 'rebaseVisible', {
    key: change.key,
    ...(visible === undefined ? { columns: change.shape.names } : derivedColumns(change.shape, visible)),
    values: {
      ...provenanceValues(change),
      t: encodeTruth(truth),
      w: text(context.nonce()),
      w0: text(nonceOf(item)),
      st: text(visible === undefined ? ItemState.hidden : ItemState.live),
    },
  });
  return { do: 'write', write, outcome: 'rebased' };
}

function nextTruth(change: RowChange, current: Truth): Truth {
  if (change.kind === 'delete') return { exists: false };
  if (change.kind === 'upsert') return { exists: true, columns: change.columns };
  if (change.kind === 'partial' && current.exists === true) {
    return { exists: true, columns: { ...current.columns, ...change.columns } };
  }
  return { exists: 'unknown' };
}

/** Values every write of a new truth carries. Snapshot rows have no transaction to prove: NULL. */
export function provenanceValues(provenance: Provenance): Record<string, AttributeValue> {
  return {
    v: text(provenance.version),
    fx: provenance.transaction === undefined ? NULL : text(provenance.transaction),
    ct: number(provenance.committedAt),
  };
}
