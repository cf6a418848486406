/**
 * What happened while many wrote the same rows: as those who wrote and read know it, and as the database saw it. Every
 * value ever written is another one (a token), so that a value tells who wrote it and what was there before.
 *
 * Times are milliseconds since 1970 of one machine's clock.
 */

/** One field of one row. */
export type Cell = `${string}.${string}`;

export const cellOf = (row: string, field: string): Cell => `${row}.${field}`;

/** What a writer replaced, and by what. */
export interface Replacement {
  readonly cell: Cell;
  /** What the writer had read. */
  readonly base: string;
  readonly token: string;
}

/** A customer's change, of one field or several at once. */
export interface CustomerWrite {
  readonly changeId: string;
  readonly by: string;
  readonly replaces: readonly Replacement[];
  /** When the customer was told so; undefined: the request failed, and may have been accepted or not. */
  readonly acceptedAt: number | undefined;
  /** What the customer saw of its end, in order. */
  readonly seen: readonly ('applied' | 'rejected')[];
}

/** A clerk's transaction. */
export interface InternalWrite extends Replacement {
  /** False: the transaction failed, and may have been committed or not. */
  readonly committed: boolean;
}

/** A consistent read of one row. */
export interface Read {
  readonly by: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly values: ReadonlyMap<Cell, string>;
}

/** A committed UPDATE of one field, as the database saw it. */
export interface CommittedWrite {
  readonly cell: Cell;
  readonly transaction: string;
  readonly old: string | null;
  readonly new: string | null;
}

export interface Answer {
  readonly changeId: string;
  readonly outcome: 'A' | 'R';
  readonly at: number;
}

export interface History {
  readonly initial: ReadonlyMap<Cell, string>;
  readonly customers: readonly CustomerWrite[];
  readonly internal: readonly InternalWrite[];
  readonly reads: readonly Read[];
  /** Those of one cell in the order in which they were made. */
  readonly committed: readonly CommittedWrite[];
  readonly answers: readonly Answer[];
  /** SQL and items, when nothing is under way. */
  readonly final: { readonly sql: ReadonlyMap<Cell, string>; readonly items: ReadonlyMap<Cell, string> };
}
