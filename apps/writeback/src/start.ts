import { catalog as installed } from '@hybridge/definitions';
import { type Logger, type SourceHealth, createSourceHealth, serveOperations } from '@hybridge/observability';
import { type ItemReader, createDynamoDbClient, createItemReader } from '@hybridge/reader-dynamodb';
import { type RunningApp, createLanes } from '@hybridge/runtime';
import { type ChangeSink, connectChangeSink, sinksBySource } from '@hybridge/sink-sql';
import { type SQSClient, createQueueSource, createSqsClient } from '@hybridge/source-sqs';
import type { Catalog } from '@hybridge/views';
import type { WritebackConfig } from './config.ts';
import { createHandler } from './handle.ts';
import { type WritebackMetrics, createWritebackMetrics } from './metrics.ts';
import { watchedSink } from './watched-sink.ts';

/** Messages one poller has in hand at most. */
const MESSAGES_A_POLLER = 10;

interface Parts {
  readonly catalog: Catalog;
  readonly config: WritebackConfig;
  readonly metrics: WritebackMetrics;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly sqs: SQSClient;
  readonly sink: ChangeSink;
  readonly reader: Pick<ItemReader, 'get'>;
}

/** SQS → SQL, with the item read only for commands that were too large to carry their changes. */
export async function startWriteback(
  config: WritebackConfig,
  logger: Logger,
  signal: AbortSignal,
  catalog: Catalog = installed,
): Promise<RunningApp> {
  const metrics = createWritebackMetrics();
  const health = createSourceHealth(metrics.all, [...config.sqlUrls.keys()]);
  const sqs = createSqsClient(config.sqs);
  const dynamodb = createDynamoDbClient(config.dynamodb);
  const sinks = openSinks(catalog, config, { health, logger });
  const reader = createItemReader(dynamodb, { tableName: config.dynamodb.tableName });
  const parts = { catalog, config, metrics, logger, signal, sqs, sink: sinks.sink, reader };

  const operations = await serveOperations({
    ...config.operations,
    metrics: metrics.all,
    notes: () => health.notes(),
  });
  const ended = Promise.all(
    [...config.queueUrls].map(([source, queueUrl]) =>
      consume(queueUrl, { ...parts, logger: logger.child({ source }) }),
    ),
  ).then(() => undefined);

  return {
    ended,
    async [Symbol.asyncDispose]() {
      await ended.catch(() => undefined);
      await operations[Symbol.asyncDispose]();
      await sinks[Symbol.asyncDispose]();
      dynamodb.destroy();
      sqs.destroy();
    },
  };
}

/** Every source with connections of its own. */
function openSinks(
  catalog: Catalog,
  { sqlUrls, concurrency }: WritebackConfig,
  { health, logger }: { readonly health: SourceHealth; readonly logger: Logger },
) {
  const connected = catalog.sources.map((source) => ({
    name: source.name,
    sink: connectChangeSink({
      source,
      url: sqlUrls.get(source.name) as string,
      max: concurrency,
      applicationName: 'hybridge-writeback',
      onIdleError: (error) => logger.warn({ err: error, source: source.name }, 'idle SQL connection lost'),
    }),
  }));
  return {
    sink: sinksBySource(
      new Map(connected.map(({ name, sink }) => [name, watchedSink(sink, (answers) => health.note(name, answers))])),
    ),
    async [Symbol.asyncDispose]() {
      await Promise.all(connected.map(({ sink }) => sink[Symbol.asyncDispose]()));
    },
  };
}

/** The commands of one source, with pollers and lanes of its own: those of a database that is down hold up no others. */
async function consume(queueUrl: string, { config, sqs, reader, ...deps }: Parts): Promise<void> {
  const source = createQueueSource(sqs, {
    queueUrl,
    pollers: Math.ceil(config.concurrency / MESSAGES_A_POLLER) + 1,
    logger: deps.logger,
  });
  const handle = createHandler({
    ...deps,
    readItem: (key) => reader.get(key),
    lanes: createLanes({ concurrency: config.concurrency }),
    resignalAfterMs: config.resignalAfterMs,
    expireAfterMs: config.expireAfterMs,
    rejectAfterMs: config.rejectAfterMs,
    now: Date.now,
  });
  return source.run(handle, deps.signal);
}
