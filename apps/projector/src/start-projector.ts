import { randomBytes } from 'node:crypto';
import { catalog as installed } from '@hybridge/definitions';
import { type Logger, type SourceHealth, createSourceHealth, serveOperations } from '@hybridge/observability';
import { DEFAULT_LIMITS, type ProtocolContext, createFirstGuess } from '@hybridge/protocol';
import { BreakerState, connectReaders, createSqlBreaker } from '@hybridge/reader-sql';
import { type RunningApp, pause, retryTransient } from '@hybridge/runtime';
import {
  createBatchedItemStore,
  createDynamoDbClient,
  createItemReader,
  createItemStore,
  createParkedKeys,
  createPartitionReader,
} from '@hybridge/sink-dynamodb';
import {
  type OffsetReader,
  createChangeSource,
  createKafkaClient,
  createOffsetReader,
  ensureTopics,
} from '@hybridge/source-kafka';
import type { AnyView, Catalog } from '@hybridge/views';
import type { ProjectorConfig } from './config.ts';
import type { DecodeOptions } from './decode-record.ts';
import { createEngine } from './engine/engine.ts';
import { createSourceEngines } from './engine/source-engines.ts';
import { openFanOut } from './fan-out/open-fan-out.ts';
import { withOvergrown } from './fan-out/overgrown.ts';
import { type Halts, createHalts } from './halts.ts';
import { concurrencyOf, openLoad } from './load/open-load.ts';
import type { TableLoad } from './load/table-load.ts';
import { type ProjectorMetrics, createProjectorMetrics } from './metrics.ts';
import { type ParkingDeps, applyWork } from './parking/parking.ts';
import { type ParkingLot, createParkingLot } from './parking/parking-lot.ts';
import { readRecord } from './parking/read-record.ts';
import { topicOf, topicsOf } from './topics.ts';
import type { TablePlace } from './truncate/sweep.ts';
import { type TruncateEvent, createTruncateSweeper } from './truncate/sweeper.ts';
import { createColumnWatch } from './unknown-columns.ts';

const REFRESH_PARKED_MS = 5_000;

interface Running {
  readonly catalog: Catalog;
  readonly config: ProjectorConfig;
  readonly logger: Logger;
  readonly metrics: ProjectorMetrics;
  readonly sources: SourceHealth;
  readonly signal: AbortSignal;
}

export async function startProjector(
  config: ProjectorConfig,
  logger: Logger,
  signal: AbortSignal,
  catalog: Catalog = installed,
): Promise<RunningApp> {
  const metrics = createProjectorMetrics();
  const sources = createSourceHealth(
    metrics.all,
    catalog.sources.map(({ name }) => name),
  );
  const halts = createHalts({ metrics, logger });
  const running: Running = { catalog, config, logger, metrics, sources, signal };

  const kafka = createKafkaClient({ brokers: config.kafka.brokers, clientId: 'projector', logger });
  const topics = await prepareTopics(kafka, running);
  const offsets = createOffsetReader(kafka, { groupId: config.kafka.groupId });
  const load = openLoad(config, topics, { offsets, context, metrics, logger });
  const sinks = openSinks(running, { offsets, load });
  const { parking, sweeper, fanOut, lot } = sinks;

  const source = createChangeSource({ kafka, logger }, sourceOptions({ topics, metrics, halts }, config));
  const decode = decodeOptions(running);
  const watchColumns = createColumnWatch({
    catalog,
    topicPrefix: config.kafka.topicPrefix,
    onLook: ({ source, name }, unknown) =>
      metrics.unknownColumns.set({ source: source.name, table: name }, unknown.length),
  });
  const handler = createSourceEngines(catalog.sources, { topicPrefix: config.kafka.topicPrefix }, (of) =>
    createEngine({
      source: of.name,
      read: (record) => {
        watchColumns(record);
        return load.read(record, readRecord(record, { ...decode, nowMs: Date.now() }));
      },
      apply: (work, place) => applyWork(work, place, parking),
      concurrency: concurrencyOf(config),
      maxPendingBytes: config.maxPendingBytes,
      metrics,
      logger,
    }),
  );
  const operations = await serveOperations({
    ...config.operations,
    metrics: metrics.all,
    problems: () => halts.problems(),
    notes: () => [...load.notes(), ...sources.notes(), ...fanOut.notes()],
  });
  await retryTransient(() => lot.refresh(), { signal }); // before the first change of a parked key comes
  let beside: Promise<unknown> | undefined;
  const run = async (): Promise<void> => {
    await load.begin(signal);
    if (signal.aborted) return;
    beside = load.opened.then(() => Promise.all([sweeper.run(signal), fanOut.run(signal)]));
    await source.run(handler, signal).finally(() => load.end('stopped').catch(() => undefined));
  };
  const ended = run();
  const refreshed = refreshParked(lot, running);

  return {
    ended,
    async [Symbol.asyncDispose]() {
      await Promise.all([ended.catch(() => undefined), refreshed]);
      await beside;
      await operations[Symbol.asyncDispose]();
      await sinks[Symbol.asyncDispose]();
      await offsets[Symbol.asyncDispose]();
      load[Symbol.dispose]();
    },
  };
}

type KafkaClient = ReturnType<typeof createKafkaClient>;

/** @returns the topics of every captured table and of the inboxes */
async function prepareTopics(kafka: KafkaClient, { catalog, config }: Running): Promise<readonly string[]> {
  const { partitions, replicationFactor, topicPrefix } = config.kafka;
  const topics = topicsOf(catalog, topicPrefix);
  await ensureTopics(kafka, { topics, partitions, replicationFactor });
  return topics;
}

const sourceOptions = (
  { topics, metrics, halts }: { topics: readonly string[]; metrics: ProjectorMetrics; halts: Halts },
  { kafka }: ProjectorConfig,
) => ({
  topics,
  groupId: kafka.groupId,
  onLag: (topic: string, partition: number, lag: number) =>
    metrics.lag.set({ topic, partition: String(partition) }, lag),
  onHalt: halts.note,
});

const decodeOptions = ({ catalog, config, metrics }: Running): Omit<DecodeOptions, 'nowMs'> => ({
  catalog,
  topicPrefix: config.kafka.topicPrefix,
  agedAfterMs: DEFAULT_LIMITS.tombstoneTtlMs / 2,
  skipUnchanged: new Set(config.skipUnchangedTables),
  onUnchanged: (view: AnyView) => metrics.unchanged.inc({ view: view.name }),
});

const context: ProtocolContext = {
  now: Date.now,
  nonce: () => randomBytes(9).toString('base64url'),
  limits: DEFAULT_LIMITS,
};

const topicAt = ({ kafka }: ProjectorConfig, { source, table }: TablePlace): string =>
  topicOf(source, table, kafka.topicPrefix);

/** The view table, SQL for fills, and what works on both. */
function openSinks(
  { catalog, config, logger, metrics, sources, signal }: Running,
  { offsets, load }: { readonly offsets: OffsetReader; readonly load: TableLoad },
) {
  const { tableName } = config.dynamodb;
  const dynamodb = createDynamoDbClient({ ...config.dynamodb, paced: true });
  const rows = connectReaders({
    sources: catalog.sources,
    urls: config.sqlUrls,
    max: 4,
    applicationName: 'hybridge-projector',
    // Fills of a source that does not answer fail at once then, and keep no writes of other items waiting.
    guard: ({ name }) => ({
      breaker: createSqlBreaker({ onState: (state) => sources.note(name, state === BreakerState.closed) }),
    }),
  });
  const written = createBatchedItemStore(dynamodb, { tableName, maxCalls: config.maxCalls });
  const store = withOvergrown({ store: written, rows, context }, catalog);
  const items = createItemReader(dynamodb, { tableName });
  const fanOut = openFanOut(
    config,
    { catalog, rows, context, metrics, logger },
    { store, partitions: createPartitionReader(items) },
  );
  const lot = createParkingLot(createParkedKeys(dynamodb, { tableName }));
  const sweeper = createTruncateSweeper(
    {
      catalog,
      // Beside the engine, which writes the same keys: never in its batches.
      store: createItemStore(dynamodb, { tableName }),
      items,
      context,
      logger,
      endOffsets: (table) => offsets.endOffsets(topicAt(config, table)),
      committedOffsets: (table) => offsets.committedOffsets(topicAt(config, table)),
      tellOthers: (parent) => fanOut.tellOthers(parent),
      onSwept: (view, outcome) => metrics.swept.inc({ view, outcome }),
      onWaiting: (tables) => metrics.truncateWaiting.set(tables),
    },
    { groupId: config.kafka.groupId, ...config.truncate },
  );
  const parking: ParkingDeps = {
    truncated: async (event: TruncateEvent) => {
      await load.end('truncate'); // a sweep and puts would not know of each other
      await sweeper.truncated(event, signal);
    },
    put: (work) => load.put(work),
    tellOthers: (parent) => fanOut.tellOthers(parent),
    guess: createFirstGuess(),
    maxParked: config.maxParked,
    store,
    rows,
    context,
    metrics,
    lot,
    logger,
  };
  return {
    parking,
    sweeper,
    fanOut,
    lot,
    async [Symbol.asyncDispose]() {
      fanOut[Symbol.dispose]();
      await rows[Symbol.asyncDispose]();
      dynamodb.destroy();
    },
  };
}

/** Learns of keys that other projectors parked, or that were released, until the signal fires. */
async function refreshParked(lot: ParkingLot, { logger, metrics, signal }: Running): Promise<void> {
  while (!signal.aborted) {
    try {
      await lot.refresh();
      metrics.parked.set(lot.size);
    } catch (error) {
      logger.debug({ err: error }, 'parked keys not read');
    }
    await pause(REFRESH_PARKED_MS, signal);
  }
}
