import { NULL, type PendingChange } from '@hybridge/protocol';
import {
  type AnyTable,
  type ChangeRules,
  type Document,
  type Row,
  type SideTarget,
  type SideWrite,
  ViewError,
  columnOf,
  sideWriteProblem,
} from '@hybridge/views';
import { documentOf } from './decide-by-definition.ts';
import { RefusedError } from './errors.ts';
import type { ChangeTarget } from './inbox.ts';
import { RefusalCode } from './refusal.ts';
import type { Ruling } from './ruling.ts';
import type { Statement } from './statement.ts';
import type { Transaction } from './transaction.ts';
import type { WriteDialect } from './write-dialect.ts';

export type Action = Exclude<Ruling, { readonly do: 'reject' | 'nothing' }>;

/** A change to be carried out, and the row it meets. */
export interface Task {
  readonly dialect: WriteDialect;
  readonly target: ChangeTarget;
  readonly change: PendingChange;
  readonly action: Action;
  readonly before: Row | undefined;
  /** Reads the row again, under the lock it has. */
  readonly readRow: () => Promise<Row | undefined>;
}

/**
 * Changes the row, then whatever the view's definition writes besides, then has the constraints checked.
 * @throws RefusedError when SQL or a further write refuses; the transaction must be rolled back
 */
export async function carryOut(transaction: Transaction, task: Task): Promise<void> {
  const { dialect } = task;
  await carryOutRow(transaction, statementOf(dialect, task.target, task.action));
  for (const write of await sideWritesOf(task)) await carryOutSide(transaction, dialect, write);
  if (dialect.checkConstraints !== undefined) await transaction.run(dialect.checkConstraints);
}

function statementOf(dialect: WriteDialect, { view, keyRow }: ChangeTarget, action: Action): Statement | undefined {
  if (action.do === 'delete') return dialect.deleteRow(view.table, keyRow);
  return fitting(() =>
    action.do === 'insert'
      ? dialect.insertRow(view.table, keyRow, action.set)
      : dialect.updateRow(view.table, keyRow, action.set),
  );
}

/** A statement that touched no row was held back by a trigger, rule or row security policy. */
async function carryOutRow(transaction: Transaction, statement: Statement | undefined): Promise<void> {
  if (statement === undefined) return;
  const { count } = await transaction.run(statement);
  if (count > 0) return;
  throw new RefusedError({ code: RefusalCode.trigger, message: 'The database held the change back.' });
}

async function sideWritesOf({
  target: { view },
  change,
  action,
  before,
  readRow,
}: Task): Promise<readonly SideWrite[]> {
  const { also }: ChangeRules = view.changes;
  if (also === undefined) return [];
  const document = (row: Row | undefined): Document | undefined => row && documentOf(view, row);
  const carriedOut = {
    op: action.do,
    id: change.id,
    by: change.by,
    at: new Date(change.at).toISOString(),
    before: document(before),
    after: action.do === 'delete' ? undefined : document(await readRow()),
  };
  // The documents are those of the view by construction; only their names are lost on the way.
  const writes = also.of(carriedOut as never);
  for (const write of writes) assertDeclared(write, also.to, view.name);
  return writes;
}

/** Types say so already; a cast must not reach SQL. */
function assertDeclared(write: SideWrite, targets: readonly SideTarget[], view: string): void {
  const problem = targets.includes(write.target)
    ? sideWriteProblem(write)
    : `${write.target.table.name} is not among the tables that its changes also write.`;
  if (problem !== undefined) throw new ViewError('HYBRIDGE_VIEW_DEFINITION_INVALID', `View ${view}: ${problem}`);
}

async function carryOutSide(transaction: Transaction, dialect: WriteDialect, write: SideWrite): Promise<void> {
  const { op, key, set } = write;
  const { table } = write.target;
  const statement = fitting(() => {
    if (op === 'insert') return dialect.insertRow(table, {}, rowOf(table, set));
    return op === 'delete'
      ? dialect.deleteRow(table, rowOf(table, key))
      : dialect.updateRow(table, rowOf(table, key), rowOf(table, set));
  });
  if (statement === undefined) return;
  const { count } = await transaction.run(statement);
  if (count > 0) return;
  throw new RefusedError(
    op === 'insert'
      ? { code: RefusalCode.trigger, message: `The database held back what the change adds to ${table.name}.` }
      : { code: RefusalCode.missing, message: `The row of ${table.name} that belongs to the change does not exist.` },
  );
}

const rowOf = (table: AnyTable, values: { readonly [column: string]: unknown }): Row =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value === null ? NULL : columnOf(table, name).codec.fromPlain(value)]),
  );

function fitting<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ViewError)) throw error;
    throw new RefusedError({ code: RefusalCode.invalid, message: 'A value does not fit the type of its column.' });
  }
}
