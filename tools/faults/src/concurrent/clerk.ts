import type { Random } from '@hybridge/load';
import { pause } from '@hybridge/runtime';
import type { Pool, PoolClient } from 'pg';
import { type InternalWrite, cellOf } from './history.ts';
import { type Field, fields, keyPartsOf } from './shared-rows.ts';

export interface ClerkDeps {
  readonly pool: Pool;
  /** Keys of the rows they choose from. */
  readonly ids: readonly string[];
  readonly random: Random;
  readonly writes: InternalWrite[];
  /** Ends their pauses and their work. */
  readonly signal: AbortSignal;
}

/** How a clerk's program keeps from overwriting what it has not seen. */
export type Manner = 'locks' | 'compares';

/** From one change to the next, milliseconds, at most. */
const PAUSE_MS = 3_000;
/** How long a program that compares thinks about what it has read, milliseconds, at most. */
const THINK_MS = 50;

/** A clerk whose program writes to SQL, past Hybridge, until the signal. */
export async function beClerk(by: string, manner: Manner, deps: ClerkDeps): Promise<void> {
  const { ids, random, signal, writes } = deps;
  for (let n = 1; !signal.aborted; n++) {
    await pause(random.roll(PAUSE_MS), signal);
    const [id, field, token] = [random.pick(ids), random.pick(fields), `${by}-${n}`];
    const statements = statementsFor(field);
    const note = (base: string, committed: boolean): void =>
      void writes.push({ cell: cellOf(id, field), base, token, committed });
    if (manner === 'locks') await lockAndWrite({ id, token, statements, note }, deps);
    else await compareAndWrite({ id, token, statements, note }, deps);
  }
}

interface Task {
  readonly id: string;
  readonly token: string;
  readonly statements: ReturnType<typeof statementsFor>;
  note(base: string, committed: boolean): void;
}

const statementsFor = (field: Field) => ({
  read: `SELECT ${field} AS value FROM public.addresses WHERE customer_id = $1 AND label = $2`,
  write: `UPDATE public.addresses SET ${field} = $3 WHERE customer_id = $1 AND label = $2`,
  andUnchanged: `AND ${field} = $4`,
});

async function lockAndWrite({ id, token, statements, note }: Task, { pool }: ClerkDeps): Promise<void> {
  const client = await pool.connect();
  let base: string | undefined;
  try {
    await client.query('BEGIN');
    base = await valueIn(client, `${statements.read} FOR UPDATE`, id);
    await client.query(statements.write, [...keyPartsOf(id), token]);
    await client.query('COMMIT');
    note(base, true);
    client.release();
  } catch {
    if (base !== undefined) note(base, false);
    client.release(true);
  }
}

async function compareAndWrite({ id, token, statements, note }: Task, deps: ClerkDeps): Promise<void> {
  const { pool, random } = deps;
  const base = await valueIn(pool, statements.read, id).catch(() => undefined);
  if (base === undefined) return;
  await pause(random.roll(THINK_MS));
  try {
    const { rowCount } = await pool.query(`${statements.write} ${statements.andUnchanged}`, [
      ...keyPartsOf(id),
      token,
      base,
    ]);
    if (rowCount === 1) note(base, true);
  } catch {
    note(base, false);
  }
}

async function valueIn(client: Pool | PoolClient, statement: string, id: string): Promise<string> {
  const { rows } = await client.query<{ value: string }>(statement, [...keyPartsOf(id)]);
  return rows[0]?.value ?? '';
}
