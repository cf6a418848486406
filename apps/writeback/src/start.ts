import { catalog } from '@hybridge/definitions';
import { type Logger, serveOperations } from '@hybridge/observability';
import { createDynamoDbClient, createItemReader } from '@hybridge/reader-dynamodb';
import { type RunningApp, createLanes } from '@hybridge/runtime';
import { createChangeSink, createSqlPool } from '@hybridge/sink-sql';
import { createQueueSource, createSqsClient } from '@hybridge/source-sqs';
import type { WritebackConfig } from './config.ts';
import { createHandler } from './handle.ts';
import { createWritebackMetrics } from './metrics.ts';

/** Messages one poller has in hand at most. */
const MESSAGES_A_POLLER = 10;

/** SQS → SQL, with the item read only for commands that were too large to carry their changes. */
export async function startWriteback(
  config: WritebackConfig,
  logger: Logger,
  signal: AbortSignal,
): Promise<RunningApp> {
  const metrics = createWritebackMetrics();

  const sqs = createSqsClient(config.queue);
  const dynamodb = createDynamoDbClient(config.dynamodb);
  const pool = createSqlPool({
    url: config.sqlUrl,
    max: config.concurrency,
    applicationName: 'hybridge-writeback',
    onIdleError: (error) => logger.warn({ err: error }, 'idle SQL connection lost'),
  });

  const reader = createItemReader(dynamodb, { tableName: config.dynamodb.tableName });
  const source = createQueueSource(sqs, {
    queueUrl: config.queue.url,
    pollers: Math.ceil(config.concurrency / MESSAGES_A_POLLER) + 1,
    logger,
  });
  const handle = createHandler({
    sink: createChangeSink({ pool }),
    readItem: (key) => reader.get(key),
    catalog,
    lanes: createLanes({ concurrency: config.concurrency }),
    resignalAfterMs: config.resignalAfterMs,
    expireAfterMs: config.expireAfterMs,
    rejectAfterMs: config.rejectAfterMs,
    now: Date.now,
    metrics,
    logger,
    signal,
  });
  const operations = await serveOperations({ ...config.operations, metrics: metrics.all });
  const ended = source.run(handle, signal);

  return {
    ended,
    async [Symbol.asyncDispose]() {
      await ended.catch(() => undefined);
      await operations[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
      dynamodb.destroy();
      sqs.destroy();
    },
  };
}
