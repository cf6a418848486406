import { randomBytes } from 'node:crypto';
import { catalog } from '@hybridge/definitions';
import { type Logger, createLogger, serveOperations } from '@hybridge/observability';
import { DEFAULT_LIMITS, type ProtocolContext } from '@hybridge/protocol';
import { createRowReader, createSqlPool } from '@hybridge/reader-sql';
import { createLanes, runApp } from '@hybridge/runtime';
import { createDynamoDbClient, createItemStore } from '@hybridge/sink-dynamodb';
import { createChangeSource, createKafkaClient, ensureTopics } from '@hybridge/source-kafka';
import { type ProjectorConfig, readConfig } from './config.ts';
import { createBatchHandler } from './handle-batch.ts';
import { createProjectorMetrics } from './metrics.ts';

const INBOX_TABLE = 'public.hybridge_inbox';

const config = readConfig();
const logger = createLogger({ app: 'projector', level: config.logLevel });

await runApp(logger, (signal) => startProjector(config, logger, signal));

async function startProjector({ kafka: topicsOf, ...options }: ProjectorConfig, log: Logger, signal: AbortSignal) {
  const context: ProtocolContext = {
    now: Date.now,
    nonce: () => randomBytes(9).toString('base64url'),
    limits: DEFAULT_LIMITS,
  };
  const metrics = createProjectorMetrics();
  const halted = new Map<string, string>();

  const kafka = createKafkaClient({ brokers: topicsOf.brokers, clientId: 'projector', logger: log });
  const dynamodb = createDynamoDbClient(options.dynamodb);
  const pool = createSqlPool({ url: options.sqlUrl, max: 4, applicationName: 'hybridge-projector' });

  const tables = [...catalog.tables.map((table) => table.name), INBOX_TABLE];
  const topics = tables.map((table) => `${topicsOf.topicPrefix}.${table}`);
  await ensureTopics(kafka, { topics, partitions: topicsOf.partitions, replicationFactor: topicsOf.replicationFactor });

  const source = createChangeSource(
    { kafka, logger: log },
    {
      topics,
      groupId: topicsOf.groupId,
      onHalt: (partition, cause) => {
        halted.set(partition, String(cause));
        metrics.halted.set(halted.size);
        log.error({ err: cause, partition }, 'partition halted; nothing behind this record is read until it is mended');
      },
    },
  );
  const handle = createBatchHandler({
    store: createItemStore(dynamodb, { tableName: options.dynamodb.tableName }),
    rows: createRowReader({ pool }),
    context,
    metrics,
    logger: log,
    lanes: createLanes({ concurrency: options.concurrency }),
    decode: { catalog, inboxTable: INBOX_TABLE, agedAfterMs: context.limits.tombstoneTtlMs / 2 },
  });
  const operations = await serveOperations({
    ...options.operations,
    metrics: metrics.all,
    problems: () => [...halted].map(([partition, cause]) => `${partition}: ${cause}`),
  });
  const ended = source.run(handle, signal);

  return {
    ended,
    async [Symbol.asyncDispose]() {
      await ended.catch(() => undefined);
      await operations[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
      dynamodb.destroy();
    },
  };
}
