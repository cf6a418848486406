import { pollUntil } from '@hybridge/local-stack';
import type pg from 'pg';
import { type Child, startChild } from './child.ts';
import type { Grounds } from './grounds.ts';
import type { Order } from './order.ts';
import { describeRefusals } from './persistently.ts';
import { type WorkloadResult, summaryOf } from './results.ts';
import { APPLICATION_NAME } from './sdk.ts';
import { median } from './statistics.ts';
import { type RunContext, resultOf, scaled } from './workload.ts';

/** What one process is to do: first to get ready, then to read. */
export type OneKeyQuestion =
  | {
      readonly order?: never;
      readonly readers: number;
      /** A customer nobody has read yet. */
      readonly customer: number;
    }
  | {
      readonly order: Order;
      readonly readers: number;
      /** When to begin, milliseconds since 1970. */
      readonly at: number;
    };

export interface OneKeyAnswer {
  /** From the first read begun to the last answer. */
  readonly ms: number;
  readonly faults: readonly string[];
  /** Reads that failed and were tried again, by why. */
  readonly refusals: readonly (readonly [string, number])[];
}

const PROCESSES = 4;
const READERS = 1_000;
const ROUNDS = 15;
/** The message to the last process must have come by then. */
const LEAD_MS = 100;

const roundsAt = (scale: number): number => scaled(ROUNDS, scale, 5);

/** Orders the workload takes. */
export const oneKeyOrders = roundsAt;

interface RoundResult {
  readonly queries: number;
  readonly answers: readonly OneKeyAnswer[];
}

/** A thousand readers in four processes miss the same key at the same moment; PostgreSQL says how often it was asked. */
export async function measureOneKey(grounds: Grounds, { scale, signal }: RunContext): Promise<WorkloadResult> {
  await using stack = new AsyncDisposableStack();
  const children = Array.from({ length: PROCESSES }, () =>
    stack.use(startChild<OneKeyAnswer>('one-key-main.ts', grounds.site, signal)),
  );
  const rounds: RoundResult[] = [];
  for (const [i, order] of (await grounds.takeOrders(roundsAt(scale))).entries()) {
    rounds.push(await runRound(grounds.sql, children, { order, firstCustomer: 1 + i * PROCESSES }));
  }
  return report(rounds);
}

async function runRound(
  sql: pg.Pool,
  children: readonly Child<OneKeyAnswer>[],
  { order, firstCustomer }: { readonly order: Order; readonly firstCustomer: number },
): Promise<RoundResult> {
  const readers = READERS / PROCESSES;
  const askAll = (questionOf: (process: number) => OneKeyQuestion): Promise<OneKeyAnswer[]> =>
    Promise.all(children.map((child, process) => child.ask(questionOf(process))));
  const before = await scansOfOrders(sql);
  await askAll((process) => ({ readers, customer: firstCustomer + process }));
  const at = Date.now() + LEAD_MS;
  const answers = await askAll(() => ({ readers, order, at }));
  return { queries: (await scansOfOrders(sql)) - before, answers };
}

/**
 * How often PostgreSQL has read the table: one scan for each query of a key. A connection adds what it did when it ends
 * at the latest, so this waits until those of the readers are gone; our own adds it now.
 */
async function scansOfOrders(sql: pg.Pool): Promise<number> {
  const gone = async (): Promise<boolean> => {
    const { rows } = await sql.query('SELECT 1 FROM pg_stat_activity WHERE application_name = $1', [APPLICATION_NAME]);
    return rows.length === 0;
  };
  if (!(await pollUntil(gone, { timeoutMs: 10_000 }))) throw new Error('Connections of the readers stay open.');
  await sql.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await sql.query<{ scans: string }>(
    `SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) AS scans FROM pg_stat_user_tables
      WHERE schemaname = 'public' AND relname = 'orders'`,
  );
  return Number(rows[0]?.scans);
}

function report(rounds: readonly RoundResult[]): WorkloadResult {
  const queries = rounds.map((round) => round.queries);
  const answers = rounds.flatMap((round) => round.answers);
  const faults = answers.flatMap((one) => one.faults);
  const slowest = rounds.map((round) => Math.max(...round.answers.map(({ ms }) => ms)));
  return resultOf('one-key', '1,000 readers in 4 processes miss one key at the same moment', {
    facts: [
      { name: `SQL queries, ${rounds.length} rounds with a new key each`, value: queries.join(', '), target: '1 each' },
      { name: 'until all 1,000 had their answer, median of the rounds', value: `${median(slowest).toFixed(0)} ms` },
      { name: 'wrong answers', value: String(faults.length), target: '0' },
      { name: 'failed and asked again', value: describeRefusals(answers.flatMap(({ refusals }) => refusals)) },
    ],
    remarks: [
      'Counted by PostgreSQL: scans of the table in `pg_stat_user_tables`, after the connections have ended.',
      'Each process has an SDK of its own, whose connections are open.',
    ],
    faults: faults.length === 0 ? [] : [summaryOf(faults)],
  });
}
