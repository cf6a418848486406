/**
 * First load, steady changes and latency of the loop, with the raw ceiling of DynamoDB Local measured in the same run.
 * Prints Markdown. Times on shared machines are noisy: read the ratios.
 */
import { countRows } from '@hybridge/load';
import { type Loop, createProgressView, shopOnly, startLoop } from '@hybridge/local-stack';
import pg from 'pg';
import { measureCeiling } from './ceiling.ts';
import { measureFirstLoad, measureLatency, measureSteady } from './loop-figures.ts';
import { formatFigures } from './report.ts';

const CEILING_ITEMS = 15_000;
const STEADY_CHANGES = 20_000;
const LATENCY_PER_SECOND = 100;
const LATENCY_SECONDS = 30;

/** @returns the exit code: 1 when an item differs from its row */
export async function benchLoop(args: readonly string[], signal: AbortSignal): Promise<number> {
  const progress = createProgressView();
  const loop = await startLoop({
    ...shopOnly(),
    demo: args.includes('--small') ? 'default' : 'large',
    apps: ['projector'],
    deferApps: true,
    signal,
    stack: { form: 'native', ports: 'free', onProgress: progress.onProgress },
  });
  progress.close();
  const sql = new pg.Client({ connectionString: loop.provisioned.sql.adminUrl });
  await sql.connect();
  try {
    return await measure(loop, sql, signal);
  } finally {
    await sql.end();
    await loop[Symbol.asyncDispose]();
  }
}

async function measure(loop: Loop, sql: pg.Client, signal: AbortSignal): Promise<number> {
  const rows = await countRows(loop.provisioned.sources);
  say(`ceiling of DynamoDB Local, ${CEILING_ITEMS} items`);
  const before = await measureCeiling(CEILING_ITEMS);
  console.log(`           ${before.toFixed(0)} items/s`);
  say(`first load of ${rows} rows`);
  const firstLoad = await measureFirstLoad(loop, rows, signal);
  console.log(`           ${firstLoad.perSecond.toFixed(0)} rows/s`);
  say(`${STEADY_CHANGES} changes in transactions of 100 rows`);
  const steady = await measureSteady(loop, sql, STEADY_CHANGES, signal);
  console.log(`           ${steady.perSecond.toFixed(0)} changes/s`);
  say('ceiling again');
  const after = await measureCeiling(CEILING_ITEMS);
  say(`latency at ${LATENCY_PER_SECOND} changes/s for ${LATENCY_SECONDS} s`);
  const latency = await measureLatency(loop, sql, { perSecond: LATENCY_PER_SECOND, seconds: LATENCY_SECONDS }, signal);
  console.log(`\n${formatFigures({ rows, ceiling: [before, after], firstLoad, steady, latency })}\n`);
  return loop.apps.runToEnd('inspector', ['--once']);
}

function say(text: string): void {
  console.log(`measuring  ${text}`);
}
