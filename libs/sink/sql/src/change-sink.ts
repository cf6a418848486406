import type { Attributes, PendingChange } from '@hybridge/protocol';
import { type WireValues, formatKey, pendingFromWire } from '@hybridge/protocol';
import { type AnyView, type ChangeRules, Primary, type Row } from '@hybridge/views';
import { type Action, carryOut } from './carry-out.ts';
import type { EarlierChange } from './conflicts.ts';
import { decideChange, refuseByPolicy, rowExists } from './decide-change.ts';
import { RefusedError, SqlSinkError } from './errors.ts';
import type { ChangeTarget, Ending } from './inbox.ts';
import { createPostgresDatabase } from './postgres/postgres-database.ts';
import type { SqlPool } from './postgres/sql-pool.ts';
import { readLockedRow } from './read-locked-row.ts';
import { type Refusal, RefusalCode } from './refusal.ts';
import type { TextRow, Transaction } from './transaction.ts';
import type { SqlDatabase } from './write-dialect.ts';

/** SQL's answer to a customer's change. */
export interface ChangeAnswer {
  /** A applied · R rejected */
  readonly outcome: 'A' | 'R';
  /** Of an applied change: what of it was left out. */
  readonly code?: string;
  readonly message?: string;
  /** True when an earlier delivery had been answered so, and this one changed nothing. */
  readonly already: boolean;
}

/** An answer found in the inbox, and when it was given: milliseconds since 1970. */
export type KnownAnswer = ChangeAnswer & { readonly at: number };

export interface ApplyOptions {
  /** Say a known answer again, so that an item that missed it can settle; default false. */
  readonly resignal?: boolean;
}

export interface ChangeSinkOptions {
  /** Schema of `hybridge_inbox`; default `public`. */
  readonly inboxSchema?: string;
}

/** Applies customers' changes to SQL, each exactly once however often it is delivered. */
export interface ChangeSink {
  /** Which of these changes to items of one view SQL has answered already. @throws SqlSinkError */
  answered(view: AnyView, changeIds: readonly string[]): Promise<ReadonlyMap<string, KnownAnswer>>;
  /**
   * One transaction: lock, decide, change the row, and last the inbox row with the answer and the row's image.
   * @throws SqlSinkError when SQL could not answer; nothing is recorded, or (connection lost at COMMIT) the next try finds it
   */
  apply(target: ChangeTarget, change: PendingChange, options?: ApplyOptions): Promise<ChangeAnswer>;
  /**
   * Answers a change with a refusal, unless it is answered already. Reads no row, as just that may be what fails: the
   * answer proves nothing about it.
   * @throws SqlSinkError
   */
  refuse(target: ChangeTarget, change: PendingChange, refusal: Refusal): Promise<ChangeAnswer>;
}

/** Writes PostgreSQL. */
export const createChangeSink = (deps: { readonly pool: SqlPool }, options: ChangeSinkOptions = {}): ChangeSink =>
  createSink(createPostgresDatabase(deps.pool, options.inboxSchema ?? 'public'));

export function createSink(database: SqlDatabase): ChangeSink {
  const { dialect } = database;
  const { inbox } = dialect;
  const readLocked = (transaction: Transaction, target: ChangeTarget) => readLockedRow(dialect, transaction, target);

  const answerOf = async (transaction: Transaction, changeId: string): Promise<ChangeAnswer | undefined> => {
    const { rows } = await transaction.run(inbox.find([changeId]));
    return rows[0] === undefined ? undefined : knownAnswer(rows[0]);
  };

  /** Takes the item's lock, then looks whether the change is answered; if not, `body` answers it. */
  const once = (
    target: ChangeTarget,
    change: PendingChange,
    resignal: boolean,
    body: (transaction: Transaction) => Promise<ChangeAnswer>,
  ): Promise<ChangeAnswer> =>
    database.inTransaction(async (transaction) => {
      await dialect.lockItem(transaction, formatKey(target.itemKey));
      const known = await answerOf(transaction, change.id);
      if (known === undefined) return body(transaction);
      if (resignal) {
        const row = await readLocked(transaction, target);
        await transaction.run(inbox.signalAgain(target, change.id, proofOf(row)));
      }
      return known;
    });

  const record = async (
    transaction: Transaction,
    target: ChangeTarget,
    change: PendingChange,
    ending: Ending,
  ): Promise<ChangeAnswer> => {
    await transaction.run(inbox.record(target, change, ending));
    return { outcome: ending.outcome, ...ending.note, already: false };
  };

  /** A change made while others were unanswered may stand on them. */
  const earlierOf = async (
    transaction: Transaction,
    target: ChangeTarget,
    change: PendingChange,
  ): Promise<readonly EarlierChange[]> => {
    if (change.n <= 1) return [];
    const { rows } = await transaction.run(inbox.earlier(target.itemKey));
    return rows.map(earlierChange);
  };

  const decideAndApply = async (
    transaction: Transaction,
    target: ChangeTarget,
    change: PendingChange,
  ): Promise<ChangeAnswer> => {
    const forbidden = refuseByPolicy(change, target.view, target.keyRow);
    if (forbidden?.do === 'reject') {
      return record(transaction, target, change, { outcome: 'R', note: forbidden.refusal, proof: 'nothing' });
    }
    const row = await readLocked(transaction, target);
    const action = decideChange(change, row, target.view, await earlierOf(transaction, target, change));
    if (action.do === 'reject') {
      return record(transaction, target, change, { outcome: 'R', note: action.refusal, proof: proofOf(row) });
    }
    if (action.do === 'nothing') return record(transaction, target, change, { outcome: 'A', proof: 'nothing' });
    const readAgain = (): Promise<Row | undefined> => readLocked(transaction, target);
    await carryOut(transaction, { dialect, target, change, action, before: row, readRow: readAgain });
    return record(transaction, target, change, {
      outcome: 'A',
      note: action.do === 'update' ? action.note : undefined,
      proof: 'row-or-removed',
      counted: countedBy(action, target.view),
    });
  };

  /** The row may have changed since the refusal; its image is of now, and that is what the item will show. */
  const recordRefusal = async (
    transaction: Transaction,
    target: ChangeTarget,
    change: PendingChange,
    refusal: Refusal,
  ): Promise<ChangeAnswer> => {
    const row = await readLocked(transaction, target);
    const isTaken = row !== undefined && change.op === 'i' && target.view.primary !== Primary.dynamodb;
    const note = isTaken ? rowExists().refusal : refusal;
    return record(transaction, target, change, { outcome: 'R', note, proof: proofOf(row) });
  };

  return {
    async answered(_view, changeIds) {
      const rows = await database.query(inbox.find(changeIds));
      return new Map(rows.map((row) => [row['change_id'] ?? '', { ...knownAnswer(row), at: Number(row['at_ms']) }]));
    },

    async apply(target, change, { resignal = false } = {}) {
      const attempt = () =>
        once(target, change, resignal, (transaction) => decideAndApply(transaction, target, change));
      try {
        return await attempt().catch((error: unknown) => {
          if (!mayHaveAppeared(target, change, error)) throw error;
          return attempt();
        });
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        const { refusal } = error;
        return await once(target, change, resignal, (transaction) =>
          recordRefusal(transaction, target, change, refusal),
        ).catch(asUnrecordable);
      }
    },

    refuse: (target, change, refusal) =>
      once(target, change, false, (transaction) =>
        record(transaction, target, change, { outcome: 'R', note: refusal, proof: 'nothing' }),
      ).catch(asUnrecordable),
  };
}

/** Others may have inserted the row since it was looked for: then it is there to be overwritten. */
const mayHaveAppeared = ({ view }: ChangeTarget, { op }: PendingChange, error: unknown): boolean =>
  view.primary === Primary.dynamodb &&
  op !== 'd' &&
  error instanceof RefusedError &&
  error.refusal.code === RefusalCode.unique;

/** What SQL refuses while a refusal is recorded is the answer itself, such as a change id of another form. */
function asUnrecordable(error: unknown): never {
  throw error instanceof RefusedError ? new SqlSinkError(error.cause) : error;
}

function knownAnswer(row: TextRow): ChangeAnswer {
  const code = row['code'] ?? undefined;
  const message = row['message'] ?? undefined;
  return {
    outcome: row['outcome'] === 'A' ? 'A' : 'R',
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    already: true,
  };
}

/** A missing row has no lock: nothing is proven of it. */
const proofOf = (row: Row | undefined): 'row' | 'nothing' => (row === undefined ? 'nothing' : 'row');

/** The version that an update gave the row. */
function countedBy(action: Action, view: AnyView): Attributes | undefined {
  const { version }: ChangeRules = view.changes;
  if (action.do !== 'update' || version === undefined) return undefined;
  const value = action.set[view.attributes[version] as string];
  return value === undefined ? undefined : { [version]: value };
}

/** What the inbox keeps for people is in the form of the wire. */
function earlierChange(row: TextRow): EarlierChange {
  const outcome = row['outcome'] === 'A' ? 'A' : 'R';
  const wire = { id: '', n: 0, op: 'u', baseVersion: '', at: 0, by: '' } as const;
  const [change] = pendingFromWire([{ ...wire, base: jsonOf(row['base']), set: jsonOf(row['wanted']) }]);
  return { outcome, base: change?.base ?? {}, wanted: change?.set ?? {} };
}

const jsonOf = (text: string | null | undefined) => JSON.parse(text ?? '{}') as WireValues;
