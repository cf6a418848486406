/** The projector without Kafka, its process and SQL: its engine, what it does to one row, and its jobs. */
import { silentLogger } from '@hybridge/observability';
import { applyRow, createEngine, createJobLane, createProjectorMetrics, decodeRecord } from '@hybridge/projector';
import { type FanOutPorts, type ItemKey, baseKeyOf, createFirstGuess } from '@hybridge/protocol';
import type { RowReader } from '@hybridge/reader-sql';
import {
  createBatchedItemStore,
  createDynamoDbClient,
  createItemReader,
  createItemStore,
  createPartitionReader,
} from '@hybridge/sink-dynamodb';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { type Catalog, tellOthers } from '@hybridge/views';
import { projectorContext as context } from '../projector-context.ts';
import { type Calls, createCallMeter } from './call-meter.ts';
import type { Ground } from './ground.ts';

export interface BareProjector extends AsyncDisposable {
  /** Until all of them are done. @returns seconds @throws what halted one of them */
  run(records: readonly ChangeRecord[]): Promise<number>;
  /** What all its clients sent since the last reading. */
  calls(): Calls;
  /** Carries out jobs until it is disposed of, those that are there as well. */
  startJobs(itemsPerSecond: number): AsyncDisposable;
}

/** The defaults of its settings. */
const CONCURRENCY = 256;
const MAX_CALLS = 8;
const MAX_PENDING_BYTES = 8 * 1024 ** 2;
export const INLINE_FAN_OUT = 100;

export function createBareProjector({ settings, tableName }: Ground, catalog: Catalog): BareProjector {
  const logger = silentLogger();
  const metrics = createProjectorMetrics();
  const meter = createCallMeter();
  const openClient = () => {
    const client = createDynamoDbClient({ ...settings, paced: true });
    meter.watch(client);
    return client;
  };
  const engineClient = openClient();
  const jobClient = openClient();
  const portsOf = (client: typeof engineClient, store: FanOutPorts['store']): FanOutPorts => ({
    store: meter.name(store),
    partitions: createPartitionReader(createItemReader(client, { tableName })),
    relations: catalog.relations,
    context,
  });
  const inline = portsOf(engineClient, createBatchedItemStore(engineClient, { tableName, maxCalls: MAX_CALLS }));
  const knows = (parent: string): boolean => catalog.byKey(baseKeyOf(parent)) !== undefined;
  let wake = (): void => undefined;

  const apply = {
    store: inline.store,
    rows: NO_SQL,
    context,
    guess: createFirstGuess(),
    metrics,
    put: () => Promise.resolve(false),
    tellOthers: async (parent: ItemKey) => {
      if ((await tellOthers(inline, parent, INLINE_FAN_OUT)) === 'queued') wake();
    },
  };
  const engine = createEngine({
    source: 'shop',
    read: (record) => decodeRecord(record, { catalog, agedAfterMs: Number.MAX_SAFE_INTEGER, nowMs: context.now() }),
    apply: (work) =>
      work.kind === 'row' ? applyRow(work, apply) : Promise.reject(new Error(`${work.kind} was not expected`)),
    concurrency: CONCURRENCY,
    maxPendingBytes: MAX_PENDING_BYTES,
    metrics,
    logger,
  });

  return {
    run: (records) =>
      new Promise((resolve, reject) => {
        const began = performance.now();
        let left = records.length;
        void engine.take({
          topic: records[0]?.topic ?? '',
          partition: 0,
          records,
          isAbandoned: () => false,
          done: () => {
            if (--left === 0) resolve((performance.now() - began) / 1000);
          },
          halt: (_, cause) => reject(cause instanceof Error ? cause : new Error(String(cause))),
        });
      }),
    calls: () => meter.read(),
    startJobs(itemsPerSecond) {
      const ports = portsOf(jobClient, createItemStore(jobClient, { tableName }));
      const lane = createJobLane({ ports, knows, metrics, logger }, { itemsPerSecond });
      const stopping = new AbortController();
      wake = () => lane.wake();
      lane.wake();
      const running = lane.run(stopping.signal);
      return {
        async [Symbol.asyncDispose]() {
          wake = () => undefined;
          stopping.abort(new Error('stopped'));
          await running;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await engine.stop();
      engineClient.destroy();
      jobClient.destroy();
    },
  };
}

/** Nothing here leaves columns out, so that nothing has to be asked for. */
const NO_SQL: RowReader = {
  read: () => Promise.reject(new Error('there is no SQL here')),
  scan: () => {
    throw new Error('there is no SQL here');
  },
};
