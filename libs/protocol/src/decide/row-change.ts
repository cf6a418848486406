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
import type { Version } from '../version.ts';
import { buildWrite } from '../write.ts';
import { type Decision, type Seen, done } from './decision.ts';
import { render } from './render.ts';

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
  readonly kind: 'upsert' | 'partial' | 'delete' | 'unstorable';
  /** Own columns: all of them for an upsert, the available ones for a partial update, none otherwise. */
  readonly columns: Attributes;
  /** Names of all own columns of the view. */
  readonly columnNames: readonly string[];
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
 * skipped: a partial update of a quarantined row changes nothing that readers see.
 */
export type RowChangeOutcome = 'applied' | 'rebased' | 'stale' | 'fenced' | 'quarantined' | 'skipped';

/** Conditions 1 to 4 and 9: what to do with a row change, given what was seen of its item. */
export function decideRowChange(
  change: RowChange,
  mode: ViewMode,
  context: ProtocolContext,
  seen: Seen,
): Decision<RowChangeOutcome> {
  if (seen === undefined) return change.aged === true ? { do: 'read' } : store(change, mode, context);
  const item = seen.item;
  if (item === undefined) return decideOnAbsent(change, mode, context);
  const version = versionOf(item);
  if (version !== undefined && version >= change.version) return done(mustBeFilled(item, mode) ? 'fenced' : 'stale');
  if (hasPending(item)) return rebase(change, context, item);
  return decideOnSettled(change, mode, context, item);
}

/** A fence an eager view was left with: whoever raised it ended before the fill. */
const mustBeFilled = (item: Item, mode: ViewMode): boolean =>
  mode === ViewMode.eager && stateOf(item) === ItemState.fence && !hasPending(item);

function decideOnAbsent(change: RowChange, mode: ViewMode, context: ProtocolContext): Decision<RowChangeOutcome> {
  const creates = change.kind === 'delete' || change.kind === 'unstorable';
  if (creates || (change.kind === 'upsert' && mode === ViewMode.eager && change.aged !== true)) {
    return store(change, mode, context);
  }
  return fence(change, context);
}

function decideOnSettled(
  change: RowChange,
  mode: ViewMode,
  context: ProtocolContext,
  item: Item,
): Decision<RowChangeOutcome> {
  const state = stateOf(item);
  if (change.kind === 'partial' && state !== ItemState.live) {
    return state === ItemState.quarantined ? done('skipped') : fence(change, context);
  }
  if (change.kind === 'upsert' && mode === ViewMode.lazy && state === ItemState.fence) return fence(change, context);
  // A quarantined item is known, not merely fenced: the next row that can be stored takes its place in both modes.
  return store(change, state === ItemState.quarantined ? ViewMode.eager : mode, context);
}

/** Conditions 1, 1', 1" and 3: the write that needs no look at the item first. */
function store(change: RowChange, mode: ViewMode, context: ProtocolContext): Decision<RowChangeOutcome> {
  const { expression, columns, values } = storeParts(change, mode, context);
  const write = buildWrite(expression, {
    key: change.key,
    columns,
    values: { ...provenanceValues(change), w: text(context.nonce()), ...values },
  });
  return { do: 'write', write, outcome: change.kind === 'unstorable' ? 'quarantined' : 'applied' };
}

function storeParts(
  change: RowChange,
  mode: ViewMode,
  context: ProtocolContext,
): {
  expression: ExpressionName;
  columns: Attributes | readonly string[];
  values: Record<string, AttributeValue>;
} {
  switch (change.kind) {
    case 'upsert':
      return {
        expression: mode === ViewMode.eager ? 'upsertEager' : 'upsertLazy',
        columns: change.columns,
        values: {},
      };
    case 'partial':
      return { expression: 'upsertPartial', columns: change.columns, values: {} };
    case 'delete':
      return { expression: 'remove', columns: change.columnNames, values: tombstoneValues(context) };
    case 'unstorable':
      return {
        expression: 'quarantine',
        columns: change.columnNames,
        values: { q: text(change.reason ?? 'unstorable') },
      };
  }
}

function fence(change: RowChange, context: ProtocolContext): Decision<RowChangeOutcome> {
  const write = buildWrite('fence', {
    key: change.key,
    values: { ...provenanceValues(change), x: fenceExpiry(context), w: text(context.nonce()) },
  });
  return { do: 'write', write, outcome: 'fenced' };
}

/** Condition 4: the new truth below, the same pending changes above. */
function rebase(change: RowChange, context: ProtocolContext, item: Item): Decision<RowChangeOutcome> {
  const truth = nextTruth(change, truthOf(item));
  const visible = render(truth, pendingOf(item));
  const write = buildWrite(visible === undefined ? 'rebaseHidden' : 'rebaseVisible', {
    key: change.key,
    columns: visible ?? change.columnNames,
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

/** `_x` is DynamoDB's TTL attribute: whole seconds. `_nx` and `_lx` are ours: milliseconds. */
export function tombstoneValues(context: ProtocolContext): Record<string, AttributeValue> {
  const until = context.now() + context.limits.tombstoneTtlMs;
  return { x: ttlSeconds(until), nx: number(until) };
}

export const fenceExpiry = (context: ProtocolContext): AttributeValue =>
  ttlSeconds(context.now() + context.limits.fenceTtlMs);

export const ttlSeconds = (untilMs: number): AttributeValue => number(Math.ceil(untilMs / 1000));
