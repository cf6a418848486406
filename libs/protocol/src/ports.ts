import type { Item, ItemKey } from './item.ts';
import type { Write } from './write.ts';

/**
 * What became of a conditional write. On success the new item is handed back if the write asked for it;
 * on refusal the item as it stood (undefined: absent).
 */
export type WriteResult =
  { readonly ok: true; readonly item: Item | undefined } | { readonly ok: false; readonly item: Item | undefined };

/** The view table as the protocol needs it: strongly consistent point reads and conditional writes. */
export interface ItemStore {
  get(key: ItemKey): Promise<Item | undefined>;
  write(write: Write): Promise<WriteResult>;
}

/** Time, randomness and time limits: injected, so that decisions are pure and tests are exact. */
export interface ProtocolContext {
  /** Milliseconds since 1970. */
  now(): number;
  /** A value never used before. */
  nonce(): string;
  readonly limits: ProtocolLimits;
}

/** Time limits that are part of the correctness argument, not of tuning. Milliseconds. */
export interface ProtocolLimits {
  /** Life of a fence; must be at least ten times the replica lag of the databases fills read from. */
  readonly fenceTtlMs: number;
  /** Life of a tombstone; must outlive every record that may still be replayed on a live view. */
  readonly tombstoneTtlMs: number;
  /** How long "SQL has no such row", learned by a fill, is answered without asking again. */
  readonly negativeTtlMs: number;
  /** How long a fill may take before another reader may start one. */
  readonly leaseMs: number;
  /** Unanswered changes one item may carry. */
  readonly maxPending: number;
  /** Outcomes an item remembers. */
  readonly maxOutcomes: number;
}

/** Sparse index over items with unanswered changes (hash key `_pt`); a work list, never a basis for a decision. */
export const PENDING_INDEX = 'pending';

export const DEFAULT_LIMITS: ProtocolLimits = {
  fenceTtlMs: 3_600_000,
  tombstoneTtlMs: 7 * 86_400_000,
  negativeTtlMs: 30_000,
  leaseMs: 5_000,
  maxPending: 20,
  maxOutcomes: 5,
};
