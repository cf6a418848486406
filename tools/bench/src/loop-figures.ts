import { type Loop, buckets, quantile, scrape, total } from '@hybridge/local-stack';
import type { Client } from 'pg';

export interface Rate {
  readonly count: number;
  readonly perSecond: number;
}

export interface Latency {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const POLL_MS = 50;
const ROWS_PER_TRANSACTION = 100;

/** Starts the projector on the connector's snapshot; from its first written item to its last. */
export async function measureFirstLoad(loop: Loop, rows: number, signal: AbortSignal): Promise<Rate> {
  await loop.apps.start('projector');
  const first = await changesReach(loop, 1, signal);
  const last = await changesReach(loop, rows, signal);
  return {
    count: last.changes - first.changes,
    perSecond: (last.changes - first.changes) / ((last.at - first.at) / 1000),
  };
}

/** Distinct rows, committed as fast as SQL takes them, until the last one is an item. */
export async function measureSteady(loop: Loop, sql: Client, changes: number, signal: AbortSignal): Promise<Rate> {
  const { rows } = await sql.query<{ id: string }>('SELECT id FROM orders ORDER BY id LIMIT $1', [changes]);
  const start = await changesReach(loop, 0, signal);
  for (let i = 0; i < rows.length; i += ROWS_PER_TRANSACTION) {
    const ids = rows.slice(i, i + ROWS_PER_TRANSACTION).map((row) => row.id);
    await sql.query('UPDATE orders SET total = total + 0.01 WHERE id = ANY($1)', [ids]);
  }
  const end = await changesReach(loop, start.changes + rows.length, signal);
  return { count: rows.length, perSecond: rows.length / ((end.at - start.at) / 1000) };
}

/** Single-row transactions at a steady rate; from commit to the item, as the projector observes it. */
export async function measureLatency(
  loop: Loop,
  sql: Client,
  load: { readonly perSecond: number; readonly seconds: number },
  signal: AbortSignal,
): Promise<Latency> {
  const before = await observed(loop);
  const start = await changesReach(loop, 0, signal);
  const began = performance.now();
  const changes = load.perSecond * load.seconds;
  for (let i = 0; i < changes; i++) {
    const due = began + (i * 1000) / load.perSecond;
    if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    await sql.query('UPDATE products SET in_stock = in_stock + 1 WHERE id = $1', [(i % 500) + 1]);
  }
  const seconds = (performance.now() - began) / 1000;
  await changesReach(loop, start.changes + changes, signal);
  const after = await observed(loop);
  const quantileMs = (q: number): number => (quantile(q, after, before) ?? Number.NaN) * 1000;
  return { perSecond: changes / seconds, p50Ms: quantileMs(0.5), p99Ms: quantileMs(0.99) };
}

const metricsUrl = (loop: Loop): string => `${loop.apps.operationsUrl('projector')}/metrics`;

const observed = async (loop: Loop) => buckets(await scrape(metricsUrl(loop)), 'projector_commit_to_item_seconds');

async function changesReach(loop: Loop, wanted: number, signal: AbortSignal) {
  for (;;) {
    const changes = total(await scrape(metricsUrl(loop)), 'projector_records_total');
    if (changes >= wanted) return { at: performance.now(), changes };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    signal.throwIfAborted();
  }
}
