import { provisionTablesOnly, startStack } from '@hybridge/local-stack';
import {
  type ItemStore,
  type RowChange,
  type Seen,
  ViewMode,
  carryOut,
  createFirstGuess,
  decideRowChange,
  formatKey,
} from '@hybridge/protocol';
import { type BatchReader, createBatchReader, createDynamoDbClient, createItemStore } from '@hybridge/sink-dynamodb';
import { type CapacityMeter, type Cost, meterCapacity } from './capacity-meter.ts';
import { context, fill, freshKey, orderChange } from './orders.ts';

/** What a change costs, by how the projector goes about it. Every cost is that of one change. */
export interface LazyReport {
  readonly rows: readonly LazyRow[];
}

export interface LazyRow {
  readonly situation: string;
  /** Bytes of the item while it is live. */
  readonly bytes: number;
  readonly costs: Readonly<Record<Approach, Cost>>;
}

/**
 * eager: a view that stores every row · image: the row image first, then the fence · guess: the fence first unless the
 * key is remembered as live · read: a batched read in front.
 */
export const Approach = { eager: 'eager', image: 'image', guess: 'guess', read: 'read' } as const;
export type Approach = (typeof Approach)[keyof typeof Approach];

const ITEM_BYTES = [300, 1_000, 4_000];

/** Keys per situation: as many as one batched read may name. */
const KEYS = 100;

interface Situation {
  readonly name: string;
  /** The change that is measured. */
  readonly kind: 'upsert' | 'partial' | 'delete';
  readonly n: number;
  /** What happened to the key before, in this order. */
  readonly read: boolean;
  readonly changed: boolean;
}

const SITUATIONS: readonly Situation[] = [
  { name: 'never read: first change', kind: 'upsert', n: 2, read: false, changed: false },
  { name: 'never read: next change', kind: 'upsert', n: 2, read: false, changed: true },
  { name: 'never read: partial update', kind: 'partial', n: 2, read: false, changed: false },
  { name: 'never read: delete', kind: 'delete', n: 2, read: false, changed: false },
  { name: 'read: first change', kind: 'upsert', n: 2, read: true, changed: false },
  { name: 'read: next change', kind: 'upsert', n: 2, read: true, changed: true },
  { name: 'read: a change delivered again', kind: 'upsert', n: 1, read: true, changed: true },
  { name: 'read: delete', kind: 'delete', n: 2, read: true, changed: true },
];

/** Starts a DynamoDB Local of its own and ends it. */
export async function measureLazy(): Promise<LazyReport> {
  await using stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
  const { region, dynamodb, credentials } = stack.endpoints;
  const client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
  try {
    const { tableName } = await provisionTablesOnly(stack.endpoints);
    const store = createItemStore(client, { tableName });
    const bench = { store, reader: createBatchReader(client, { tableName }), meter: meterCapacity(client) };
    const rows: LazyRow[] = [];
    for (const situation of SITUATIONS) {
      for (const bytes of ITEM_BYTES) rows.push(await measureRow(bench, situation, bytes));
    }
    return { rows };
  } finally {
    client.destroy();
  }
}

interface Bench {
  readonly store: ItemStore;
  readonly reader: BatchReader;
  readonly meter: CapacityMeter;
}

async function measureRow(bench: Bench, situation: Situation, bytes: number): Promise<LazyRow> {
  const measure = (approach: Approach) => measureCost(bench, situation, bytes, approach);
  return {
    situation: situation.name,
    bytes,
    costs: {
      eager: await measure('eager'),
      image: await measure('image'),
      guess: await measure('guess'),
      read: await measure('read'),
    },
  };
}

async function measureCost(bench: Bench, situation: Situation, bytes: number, approach: Approach): Promise<Cost> {
  const { kind, n } = situation;
  const keys = Array.from({ length: KEYS }, freshKey);
  const projector = createProjector(bench, bytes, approach);
  if (situation.read) for (const key of keys) await fill(bench.store, key, bytes);
  if (situation.changed) await projector.apply(keys.map((key) => orderChange(key, 'upsert', 1, bytes)));
  bench.meter.read();
  await projector.apply(keys.map((key) => orderChange(key, kind, n, bytes)));
  const { writeUnits, readUnits, calls } = bench.meter.read();
  return { writeUnits: writeUnits / KEYS, readUnits: readUnits / KEYS, calls: calls / KEYS };
}

/** One projector: it remembers what it learned of its keys. Batches as large as one batched read. */
function createProjector({ store, reader }: Bench, bytes: number, approach: Approach) {
  const mode = approach === 'eager' ? ViewMode.eager : ViewMode.lazy;
  const guess = createFirstGuess();
  return {
    async apply(changes: readonly RowChange[]): Promise<void> {
      const keys = changes.map(({ key }) => key);
      const seen = approach === 'read' ? await reader.read(keys) : new Map<string, Seen>();
      for (const change of changes) {
        const first = approach === 'guess' ? guess.of(change.key) : seen.get(formatKey(change.key));
        await applyOne(change, first);
      }
    },
  };

  async function applyOne(change: RowChange, first: Seen): Promise<void> {
    const ended = await carryOut(store, change.key, (now) => decideRowChange(change, mode, context, now), first);
    guess.note(change, ended);
    if (ended.outcome === 'fenced' && mode === ViewMode.eager) await fill(store, change.key, bytes);
  }
}
