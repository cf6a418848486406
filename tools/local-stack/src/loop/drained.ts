/** Waiting until nothing is under way in a loop, by conditions. */
import { scalarOf } from '@hybridge/protocol';
import type { ItemReader } from '@hybridge/reader-dynamodb';
import type { Admin } from 'kafkajs';
import type { Pool } from 'pg';
import { pollUntil } from '../poll.ts';

export interface DrainParts {
  readonly sql: Pool;
  readonly items: ItemReader;
  readonly kafka: Admin;
  readonly groupId: string;
  /** A product nothing else touches: a marker in commit order. */
  readonly sentinelId: number;
  /** Of the other sources of the catalog. */
  readonly markers?: readonly DrainMarker[];
}

/** Something in a further source that nothing else touches, and its item. */
export interface DrainMarker {
  /** @param text at most 16 characters */
  set(text: string): Promise<void>;
  /** What its item says. */
  shown(): Promise<string | undefined>;
}

/** A busy machine may have a long way to go. */
const PATIENCE_MS = 180_000;

let markers = 0;

/**
 * Resolves when nothing is under way: SQL has answered every customer change, every commit until then has passed the
 * connector, and the projector has handled and committed every record.
 */
export async function drained({ items, kafka, groupId, ...parts }: DrainParts): Promise<void> {
  const inEach = [productMarker({ items, ...parts }), ...(parts.markers ?? [])];
  await eventually('every pending change answered', async () => !(await anyPending(items)));
  const marker = `drained ${++markers}`;
  for (const { set } of inEach) await set(marker);
  // Commits pass the connector in order: when the marker has arrived, so has all before it.
  for (const { shown } of inEach) await eventually('the marker in its item', async () => (await shown()) === marker);
  await eventually('the projector at the end of every topic', () => isCaughtUp(kafka, groupId));
  await eventually('every pending change answered', async () => !(await anyPending(items)));
}

async function anyPending(items: ItemReader): Promise<boolean> {
  for await (const _ of items.pendingItems()) return true;
  return false;
}

const productMarker = ({ sql, items, sentinelId }: Pick<DrainParts, 'sql' | 'items' | 'sentinelId'>): DrainMarker => ({
  async set(text) {
    await sql.query('UPDATE public.products SET description = $1 WHERE id = $2', [text, sentinelId]);
  },
  async shown() {
    const item = await items.get({ pk: `p1#PRODUCT#${sentinelId}`, sk: 'PRODUCT' });
    return scalarOf(item?.['description']);
  },
});

async function isCaughtUp(kafka: Admin, groupId: string): Promise<boolean> {
  const committed = await kafka.fetchOffsets({ groupId });
  for (const { topic, partitions } of committed) {
    const ends = new Map((await kafka.fetchTopicOffsets(topic)).map((one) => [one.partition, one]));
    for (const { partition, offset } of partitions) {
      const end = ends.get(partition);
      const done = offset === '-1' ? (end?.low ?? '0') : offset;
      if (BigInt(done) < BigInt(end?.high ?? '0')) return false;
    }
  }
  return committed.length > 0;
}

/** @throws naming what did not happen */
async function eventually(what: string, probe: () => Promise<boolean>): Promise<void> {
  if (await pollUntil(probe, { timeoutMs: PATIENCE_MS })) return;
  throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s`);
}
