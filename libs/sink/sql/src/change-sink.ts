import { type Attributes, type PendingChange, formatKey } from '@hybridge/protocol';
import { type AnyView, type Row, UnstorableValueError, ViewError, columnsOfView, decodeTextRow } from '@hybridge/views';
import { decideChange, refuseByPolicy, rowExists } from './decide-change.ts';
import { RefusedError, SqlSinkError } from './errors.ts';
import { type ChangeTarget, type Proof, createInbox } from './inbox.ts';
import { type Refusal, RefusalCode } from './refusal.ts';
import type { SqlPool } from './sql-pool.ts';
import { CHECK_CONSTRAINTS, type Statement, deleteRow, insertRow, lockItem, lockRow, updateRow } from './statements.ts';
import { type TextRow, type Transaction, inTransaction } from './transaction.ts';

/** SQL's answer to a customer's change. */
export interface ChangeAnswer {
  /** A applied · R rejected */
  readonly outcome: 'A' | 'R';
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
  /** Which of these changes SQL has answered already. @throws SqlSinkError */
  answered(changeIds: readonly string[]): Promise<ReadonlyMap<string, KnownAnswer>>;
  /**
   * One transaction: lock, decide, change the row, and last the inbox row with the answer and the row's image.
   * @throws SqlSinkError when SQL could not answer; nothing is recorded, or (connection lost at COMMIT) the next try finds it
   */
  apply(target: ChangeTarget, change: PendingChange, options?: ApplyOptions): Promise<ChangeAnswer>;
}

export function createChangeSink(deps: { readonly pool: SqlPool }, options: ChangeSinkOptions = {}): ChangeSink {
  const inbox = createInbox(options.inboxSchema ?? 'public');

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
    inTransaction(deps.pool, async (transaction) => {
      await transaction.run(lockItem(formatKey(target.itemKey)));
      const known = await answerOf(transaction, change.id);
      if (known === undefined) return body(transaction);
      if (resignal) {
        const row = await readLocked(transaction, target);
        await transaction.run(inbox.signalAgain(target, change.id, row === undefined ? 'nothing' : 'row'));
      }
      return known;
    });

  const record = async (
    transaction: Transaction,
    target: ChangeTarget,
    change: PendingChange,
    end: { readonly refusal?: Refusal; readonly proof: Proof },
  ): Promise<ChangeAnswer> => {
    await transaction.run(inbox.record(target, change, end.refusal, end.proof));
    return end.refusal === undefined
      ? { outcome: 'A', already: false }
      : { outcome: 'R', ...end.refusal, already: false };
  };

  const decideAndApply = async (
    transaction: Transaction,
    target: ChangeTarget,
    change: PendingChange,
  ): Promise<ChangeAnswer> => {
    const forbidden = refuseByPolicy(change, target.view, target.keyRow);
    if (forbidden?.do === 'reject') {
      return record(transaction, target, change, { refusal: forbidden.refusal, proof: 'nothing' });
    }
    const row = await readLocked(transaction, target);
    const ruling = decideChange(change, row, target.view);
    if (ruling.do === 'reject') {
      const proof = row === undefined ? 'nothing' : 'row';
      return record(transaction, target, change, { refusal: ruling.refusal, proof });
    }
    await carryOut(transaction, statementOf(target, ruling));
    await transaction.run(CHECK_CONSTRAINTS);
    return record(transaction, target, change, { proof: 'row-or-removed' });
  };

  /** The row may have changed since the refusal; its image is of now, and that is what the item will show. */
  const recordRefusal = async (
    transaction: Transaction,
    target: ChangeTarget,
    change: PendingChange,
    refusal: Refusal,
  ): Promise<ChangeAnswer> => {
    const row = await readLocked(transaction, target);
    if (row === undefined) return record(transaction, target, change, { refusal, proof: 'nothing' });
    return record(transaction, target, change, {
      refusal: change.op === 'i' ? rowExists().refusal : refusal,
      proof: 'row',
    });
  };

  return {
    async answered(changeIds) {
      const { text, values } = inbox.find(changeIds);
      const { rows } = await deps.pool.query<TextRow>(text, [...values]).catch((error: unknown) => {
        throw new SqlSinkError(error);
      });
      return new Map(rows.map((row) => [row['change_id'] ?? '', { ...knownAnswer(row), at: Number(row['at_ms']) }]));
    },

    async apply(target, change, { resignal = false } = {}) {
      try {
        return await once(target, change, resignal, (transaction) => decideAndApply(transaction, target, change));
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        const { refusal } = error;
        return await once(target, change, resignal, (transaction) =>
          recordRefusal(transaction, target, change, refusal),
        ).catch(asUnrecordable);
      }
    },
  };
}

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

async function readLocked(transaction: Transaction, target: ChangeTarget): Promise<Row | undefined> {
  const { rows } = await transaction.run(lockRow(target.view, target.keyRow));
  return rows[0] === undefined ? undefined : storableColumns(target.view, rows[0]);
}

/** Leaves out values DynamoDB cannot hold: no customer can have seen them, so they equal no base. */
function storableColumns(view: AnyView, texts: TextRow): Row {
  const row: Record<string, Attributes[string]> = {};
  for (const name of columnsOfView(view)) {
    try {
      Object.assign(row, decodeTextRow(view.table, [name], texts));
    } catch (error) {
      if (!(error instanceof UnstorableValueError)) throw error;
    }
  }
  return row;
}

type Action = Exclude<ReturnType<typeof decideChange>, { readonly do: 'reject' }>;

function statementOf({ view, keyRow }: ChangeTarget, action: Action): Statement | undefined {
  if (action.do === 'delete') return deleteRow(view, keyRow);
  try {
    return action.do === 'insert' ? insertRow(view, keyRow, action.set) : updateRow(view, keyRow, action.set);
  } catch (error) {
    if (!(error instanceof ViewError)) throw error;
    throw new RefusedError({ code: RefusalCode.invalid, message: 'A value does not fit the type of its column.' });
  }
}

/** A statement that touched no row was held back by a trigger, rule or row security policy. */
async function carryOut(transaction: Transaction, statement: Statement | undefined): Promise<void> {
  if (statement === undefined) return;
  const { count } = await transaction.run(statement);
  if (count > 0) return;
  throw new RefusedError({ code: RefusalCode.trigger, message: 'The database held the change back.' });
}
