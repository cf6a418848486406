import { catalog as installed } from '@hybridge/definitions';
import { createMetrics, silentLogger } from '@hybridge/observability';
import { type FanOutPorts, type ItemKey, createFirstGuess } from '@hybridge/protocol';
import type { RowReader } from '@hybridge/reader-sql';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { createPartitionReader } from '@hybridge/sink-dynamodb';
import {
  type CellRow,
  changeEvent,
  createMemoryItemReads,
  createMemoryItemStore,
  testContext,
} from '@hybridge/testkit';
import { type Catalog, decodeTextRow, tellOthers } from '@hybridge/views';
import { batchOf } from './engine/batches.features.ts';
import { createEngine } from './engine/engine.ts';
import { withOvergrown } from './fan-out/overgrown.ts';
import { createProjectorMetrics } from './metrics.ts';
import { createMemoryParkedKeys } from './parking/memory-parked-keys.features.ts';
import { type ParkingDeps, applyWork } from './parking/parking.ts';
import { createParkingLot } from './parking/parking-lot.ts';
import { readRecord } from './parking/read-record.ts';
import { recordOf } from './testing.features.ts';

/** The item of `addressRow`. */
export const KEY: ItemKey = { pk: 'c1#CUSTOMER#9007199254740993', sk: 'ADDRESS#home' };

const TEXT_ROW = {
  customer_id: '9007199254740993',
  label: 'home',
  street: 'Oudegracht 1',
  postal_code: '3511 AB',
  city: 'Utrecht',
  country: 'NL',
  instructions: 'from SQL',
};

/** SQL as the fills see it: one row. */
const ROWS: RowReader = {
  read: async (view) => ({ proven: true, row: decodeTextRow(view.table, Object.keys(view.table.columns), TEXT_ROW) }),
  scan: async function* () {},
};

/** Work in memory: the engine, the parking and the item store, without Kafka. */
export interface TestProjector {
  readonly maxParked?: number;
  readonly maxPendingBytes?: number;
  readonly rows?: RowReader;
  /** Default the installed one. */
  readonly catalog?: Catalog;
  /** Rows that are told of a parent's change at once; default 100. */
  readonly inline?: number;
}

export function setUpProjector(options: TestProjector = {}) {
  const { catalog = installed, rows = ROWS } = options;
  const metrics = createProjectorMetrics(createMetrics('projector', { process: false }));
  const store = createMemoryItemStore();
  const keys = createMemoryParkedKeys();
  const lot = createParkingLot(keys);
  const context = testContext();
  const kept = withOvergrown({ store, rows, context }, catalog);
  const partitions = createPartitionReader(createMemoryItemReads(store));
  const ports: FanOutPorts = { store: kept, partitions, relations: catalog.relations, context };
  const told: string[] = [];
  const parking: ParkingDeps = {
    store: kept,
    rows,
    context,
    guess: createFirstGuess(),
    metrics,
    lot,
    maxParked: options.maxParked ?? 10,
    truncated: async () => undefined,
    put: async () => false,
    tellOthers: async (parent) => {
      told.push(parent.pk);
      await tellOthers(ports, parent, options.inline);
    },
    logger: silentLogger(),
  };
  const decode = { catalog, agedAfterMs: 1e12 };
  const engine = createEngine({
    source: 'shop',
    read: (record) => readRecord(record, { ...decode, nowMs: context.now() }),
    apply: (work, place) => applyWork(work, place, parking),
    concurrency: 4,
    maxPendingBytes: options.maxPendingBytes ?? 1024 ** 2,
    metrics,
    logger: silentLogger(),
  });
  /** Hands records over and waits until nothing of them is under way. */
  const run = async (records: readonly ChangeRecord[]) => {
    const batch = batchOf(records);
    await engine.take(batch);
    const isSettled = (): boolean => batch.halts.length > 0 || batch.doneOffsets.length === records.length;
    for (let i = 0; i < 1_000 && !isSettled(); i++) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, 5)); // what runs beside a halt
    return batch;
  };
  return { engine, run, store, keys, lot, metrics, context, ports, told, parking };
}

const HOME = '{"customer_id":9007199254740993,"label":"home"}';

let lsn = 1_000;
/** The next change of a row of `public.addresses`, with the key of the row `home`. */
export const addressChange = (offset: number, row: CellRow | null, op?: 'c' | 'u' | 'd'): ChangeRecord =>
  recordOf(
    changeEvent({ table: 'public.addresses', after: row, ...(op === undefined ? {} : { op }), lsn: (lsn += 10) }),
    { offset: BigInt(offset), key: HOME },
  );
