import { ControlMeta, FragmentMeta, JoinMeta, Meta } from './item.ts';

/**
 * Every conditional write of the system, word for word. Nothing else in the repository builds a condition.
 *
 * `{columns}` stands for all own columns of the item: `#c0 = :c0, #c1 = :c1 …` in SET, `#c0, #c1 …` in REMOVE.
 * Every write asks for the old item when its condition fails, and that item decides what comes next.
 */
export interface Expression {
  readonly condition: string;
  readonly update: string;
}

export const Names = {
  '#st': Meta.state,
  '#v': Meta.version,
  '#w': Meta.nonce,
  '#fx': Meta.transaction,
  '#ct': Meta.committedAt,
  '#lt': Meta.leaseToken,
  '#lx': Meta.leaseExpiry,
  '#x': Meta.expiry,
  '#nx': Meta.negativeExpiry,
  '#p': Meta.pending,
  '#t': Meta.truth,
  '#pt': Meta.pendingSince,
  '#r': Meta.outcomes,
  '#q': Meta.quarantine,
  '#mn': ControlMeta.notBefore,
  '#me': ControlMeta.endOffsets,
  '#sv': ControlMeta.serving,
  '#ek': FragmentMeta.key,
  '#ev': FragmentMeta.version,
  '#fv': JoinMeta.contentVersion,
  '#at': JoinMeta.place,
  '#jc': JoinMeta.cursor,
  '#jf': JoinMeta.from,
  '#jl': JoinMeta.leg,
  '#jn': JoinMeta.visited,
  '#ja': JoinMeta.raisedAt,
} as const;

const NEWER_AND_SETTLED = '(attribute_not_exists(#v) OR #v < :v) AND attribute_not_exists(#p)';
const UPSERT = 'SET {columns}, #st = :L, #v = :v, #fx = :fx, #ct = :ct, #w = :w REMOVE #x, #nx, #lt, #lx, #q';
const PENDING_AND_SEEN = '#w = :w0 AND attribute_exists(#p)';

export const Expressions = {
  /** 1. A full row image; eager views create what is missing. */
  upsertEager: { condition: NEWER_AND_SETTLED, update: UPSERT },

  /** 1'. A full row image; lazy views refresh only what somebody has read. */
  upsertLazy: { condition: '#st IN (:L, :T) AND #v < :v AND attribute_not_exists(#p)', update: UPSERT },

  /** 1". An update whose unchanged TOAST columns are missing: only onto a live item. */
  upsertPartial: {
    condition: '#st = :L AND #v < :v AND attribute_not_exists(#p)',
    update: 'SET {columns}, #v = :v, #fx = :fx, #ct = :ct, #w = :w',
  },

  /** 1q. A row that cannot be stored: its version stands, its columns do not. */
  quarantine: {
    condition: NEWER_AND_SETTLED,
    update: 'SET #st = :Q, #q = :q, #v = :v, #fx = :fx, #ct = :ct, #w = :w REMOVE {columns}, #x, #nx, #lt, #lx',
  },

  /** 2. Nothing is known but that the truth is newer; kills any fill in flight. */
  fence: {
    condition: 'attribute_not_exists(#st) OR (#st IN (:F, :T, :Q) AND #v < :v AND attribute_not_exists(#p))',
    update: 'SET #st = :F, #v = :v, #fx = :fx, #ct = :ct, #x = :x, #w = :w REMOVE #lt, #lx, #nx, #q',
  },

  /** 2'. The same over a live item that cannot take the change in parts: what it shows is no longer the truth. */
  fenceLive: {
    condition: '#st = :L AND #v < :v AND attribute_not_exists(#p)',
    update: 'SET #st = :F, #v = :v, #fx = :fx, #ct = :ct, #x = :x, #w = :w REMOVE {columns}, #lt, #lx',
  },

  /** 2". The same over whatever a writer behind the protocol left, also an item without state: SQL answered it. */
  fenceRaw: {
    condition: NEWER_AND_SETTLED,
    update: 'SET #st = :F, #v = :v, #fx = :fx, #ct = :ct, #x = :x, #w = :w REMOVE {columns}, #lt, #lx, #nx, #q',
  },

  /** 3. The row was deleted: a tombstone, never DeleteItem. */
  remove: {
    condition: NEWER_AND_SETTLED,
    update: 'SET #st = :T, #v = :v, #fx = :fx, #ct = :ct, #x = :x, #nx = :nx, #w = :w REMOVE {columns}, #lt, #lx, #q',
  },

  /** 4. A change event under pending customer changes: new truth below, the same changes laid over it. */
  rebaseVisible: {
    condition: '#w = :w0 AND #v < :v AND attribute_exists(#p)',
    update: 'SET {columns}, #t = :t, #v = :v, #fx = :fx, #ct = :ct, #w = :w, #st = :st',
  },
  rebaseHidden: {
    condition: '#w = :w0 AND #v < :v AND attribute_exists(#p)',
    update: 'SET #t = :t, #v = :v, #fx = :fx, #ct = :ct, #w = :w, #st = :st REMOVE {columns}',
  },

  /**
   * 5. The right to fill an unknown key. The new item tells what the SQL read must prove. It lives no shorter than it
   * would have: what held off older writes until now must go on doing so.
   */
  lease: {
    condition:
      'attribute_not_exists(#st) OR (#st = :F AND (attribute_not_exists(#lt) OR #lx < :now)) OR (#st = :T AND #nx < :now AND attribute_not_exists(#p))',
    update:
      'SET #st = :F, #v = if_not_exists(#v, :zero), #lt = :tok, #lx = :lx, #x = if_not_exists(#x, :x), #w = :w REMOVE #nx',
  },

  /** 6. What SQL said, if no change event touched the key since the lease. */
  fill: {
    condition: '#st = :F AND #lt = :tok AND #v = :lv',
    update: 'SET {columns}, #st = :L, #w = :w REMOVE #lt, #lx, #x',
  },
  fillAbsent: {
    condition: '#st = :F AND #lt = :tok AND #v = :lv',
    update: 'SET #st = :T, #nx = :nx, #w = :w REMOVE #lt, #lx',
  },

  /** 6q. SQL holds a row that cannot be stored. */
  fillUnstorable: {
    condition: '#st = :F AND #lt = :tok AND #v = :lv',
    update: 'SET #st = :Q, #q = :q, #w = :w REMOVE #lt, #lx, #x',
  },

  /** 7. A customer's change, compare-and-set on the nonce, so that the truth set aside is exact. */
  customerUpdate: {
    condition: '#st = :L AND #w = :w0',
    update: 'SET {columns}, #t = :t, #p = :p, #pt = :pt, #w = :w REMOVE #x',
  },
  customerDelete: {
    condition: '#st = :L AND #w = :w0',
    update: 'SET #st = :D, #t = :t, #p = :p, #pt = :pt, #w = :w REMOVE {columns}, #x',
  },
  customerInsert: {
    condition: 'attribute_not_exists(#st) OR (#st IN (:F, :T) AND #w = :w0 AND attribute_not_exists(#p))',
    update:
      'SET {columns}, #st = :L, #v = if_not_exists(#v, :zero), #t = :t, #p = :p, #pt = :pt, #w = :w REMOVE #x, #nx, #lt, #lx',
  },

  /** 8. SQL's answer to a pending change, by what remains afterwards. */
  settleVisible: {
    condition: PENDING_AND_SEEN,
    update: 'SET {columns}, #t = :t, #v = :v, #fx = :fx, #ct = :ct, #p = :p, #pt = :pt, #r = :r, #w = :w, #st = :st',
  },
  settleHidden: {
    condition: PENDING_AND_SEEN,
    update:
      'SET #t = :t, #v = :v, #fx = :fx, #ct = :ct, #p = :p, #pt = :pt, #r = :r, #w = :w, #st = :st REMOVE {columns}',
  },
  settleLive: {
    condition: PENDING_AND_SEEN,
    update: 'SET {columns}, #st = :L, #v = :v, #fx = :fx, #ct = :ct, #r = :r, #w = :w REMOVE #t, #p, #pt, #x',
  },
  settleAbsent: {
    condition: PENDING_AND_SEEN,
    update:
      'SET #st = :T, #v = :v, #fx = :fx, #ct = :ct, #x = :x, #nx = :nx, #r = :r, #w = :w REMOVE {columns}, #t, #p, #pt',
  },
  settleUnknown: {
    condition: PENDING_AND_SEEN,
    update: 'SET #st = :F, #v = :v, #fx = :fx, #ct = :ct, #x = :x, #r = :r, #w = :w REMOVE {columns}, #t, #p, #pt',
  },

  /**
   * 10'. Repair of one item: back to a fence that keeps version and proof; an ordinary fill follows. Over a fence it
   * ends the fills that are under way. It lives as long as a tombstone, as it may have been one.
   */
  invalidate: {
    condition: '#st IN (:L, :T, :F, :Q) AND #w = :w0 AND attribute_not_exists(#p)',
    update: 'SET #st = :F, #x = :x, #w = :w REMOVE {columns}, #lt, #lx, #nx, #q',
  },
} as const satisfies Record<string, Expression>;

export type ExpressionName = keyof typeof Expressions;

const ENDING_UPSERT =
  'SET {columns}, #st = :L, #v = :v, #fx = :fx, #ct = :ct, #w = :w, #x = :x REMOVE #nx, #lt, #lx, #q';

/**
 * What writes that leave a live item without pending changes say instead in a lazy view whose items end: `#x` is later
 * than what a fence written now would have. A customer's change takes it away, its answer puts it back.
 */
export const EndingUpdates = {
  upsertEager: ENDING_UPSERT,
  upsertLazy: ENDING_UPSERT,
  upsertPartial: 'SET {columns}, #v = :v, #fx = :fx, #ct = :ct, #w = :w, #x = :x',
  fill: 'SET {columns}, #st = :L, #w = :w, #x = :x REMOVE #lt, #lx',
  settleLive: 'SET {columns}, #st = :L, #v = :v, #fx = :fx, #ct = :ct, #r = :r, #w = :w, #x = :x REMOVE #t, #p, #pt',
} as const satisfies { readonly [Name in ExpressionName]?: string };

/**
 * Writes of control items (`C#…`), which belong to no view and so are outside of the item protocol. Their `_v` is the
 * version of what they tell of; a husk without `_v` tells of nothing and is left to TTL.
 */
export const ControlExpressions = {
  /** A table was truncated: the newest truncation stands for all before it. */
  markTruncate: {
    condition: 'attribute_not_exists(#v) OR #v < :v',
    update: 'SET #st = :C, #v = :v, #fx = :fx, #ct = :ct, #mn = :mn REMOVE #me, #x',
  },
  /** Every record sent before the truncation is in the topic: how far the partitions reach now. */
  markTruncateEnds: {
    condition: '#v = :v AND attribute_not_exists(#me)',
    update: 'SET #me = :me',
  },
  /** Nothing older than the truncation can come any more. */
  clearTruncate: {
    condition: '#v = :v',
    update: 'SET #x = :x REMOVE #v, #fx, #ct, #mn, #me',
  },
  /** Whoever comes first says whether the table is served from now on, or loaded before that. */
  claimServing: { condition: 'attribute_not_exists(#st)', update: 'SET #st = :C, #sv = :sv, #w = :w' },
  /** The loader is alive, or is done. Nobody goes back from open. */
  changeServing: { condition: '#w = :w0 AND #sv = :loading', update: 'SET #sv = :sv, #w = :w' },
} as const satisfies Record<string, Expression>;

export type ControlExpressionName = keyof typeof ControlExpressions;

/**
 * 12. What a write that brings a truth of a row (1, 1', 1", 4, 6, 8) carries besides, for each relation of its view:
 * `{i}` is the relation's number. `#e{i}` is the relation's metadata (key of the parent `#ek`, version of the fragment
 * `#ev`), `#f{i}` the attribute that holds the parent's fragment. A condition is joined with AND.
 */
export const FragmentExpressions = {
  /** The row points where the item's fragment is from: what fan-out brings stays, and nothing has to be read. */
  keep: { condition: '#e{i}.#ek = :ek{i}', update: '' },
  /** The fragment of another parent, or a first one: never over a newer fragment of the same parent. */
  put: {
    condition: '(attribute_not_exists(#e{i}) OR #e{i}.#ek <> :ek{i} OR #e{i}.#ev <= :ev{i})',
    update: 'SET #e{i} = :e{i}, #f{i} = :f{i}',
  },
  /** There is no row, or nothing is known of it (1q, 2', 2", 3, 4, 8, 10'). */
  drop: { condition: '', update: 'REMOVE #e{i}, #f{i}' },
} as const satisfies Record<string, Expression>;

export type FragmentExpressionName = keyof typeof FragmentExpressions;

/** Writes between rows. An empty update deletes the item. */
export const JoinExpressions = {
  /** 11. The child is told of the parent's changes from now on; `#v` is the child's version. */
  putReference: { condition: 'attribute_not_exists(#v) OR #v < :v', update: 'SET #v = :v' },
  /** 11. It is not any more, unless it came back since. */
  deleteReference: { condition: '#v < :v', update: '' },
  /** 13. A newer fragment of the parent that the child points to. No customer sees another nonce because of it. */
  refreshFragment: {
    condition: '#st IN (:L, :D) AND #e0.#ek = :ek0 AND #e0.#ev < :ev0',
    update: 'SET #e0 = :e0, #f0 = :f0',
  },
  /** 13'. A fill of the child is under way and may have read the parent before: it has to begin again. */
  endLease: { condition: '#st = :F AND attribute_exists(#lt)', update: 'SET #w = :w REMOVE #lt, #lx' },
  /** 14'. A parent's row whose embedded columns are what they were: a newer version, and no fan-out. */
  touchBase: {
    condition: '#w = :w0 AND #v < :v',
    update: 'SET #v = :v, #fv = :fv, #fx = :fx, #ct = :ct, #w = :w',
  },
  /** 15. Where the row's item is now; written when it is there, and only over the anchor that was seen. */
  setAnchor: { condition: 'attribute_not_exists(#v) OR #v = :v0', update: 'SET #v = :v, #at = :at REMOVE #x' },
  /** 15. The same of a row that is gone. */
  endAnchor: { condition: 'attribute_not_exists(#v) OR #v = :v0', update: 'SET #v = :v, #at = :at, #x = :x' },
  /** 16. Every child of a parent has to see a version: one that is being brought goes on from where it got. */
  raiseJob: {
    condition: 'attribute_not_exists(#v) OR #v < :v',
    update:
      'SET #v = :v, #jf = if_not_exists(#jc, :start), #jc = if_not_exists(#jc, :start), #jl = :first, #jn = if_not_exists(#jn, :none), #ja = if_not_exists(#ja, :now)',
  },
  /** 16. The children up to here have seen it. */
  advanceJob: { condition: '#v = :v AND #jc = :from', update: 'SET #jc = :jc, #jl = :jl, #jn = :jn' },
  /** 16. All have. */
  endJob: { condition: '#v = :v', update: '' },
} as const satisfies Record<string, Expression>;

export type JoinExpressionName = keyof typeof JoinExpressions;

/** The writes whose condition holds where no item is, whatever their values: those that make one. */
export const CREATING: ReadonlySet<ExpressionName | ControlExpressionName | JoinExpressionName> = new Set([
  'upsertEager',
  'quarantine',
  'fence',
  'fenceRaw',
  'remove',
  'markTruncate',
  'claimServing',
  'putReference',
  'setAnchor',
  'endAnchor',
]);
