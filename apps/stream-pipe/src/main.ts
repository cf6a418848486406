import { catalog } from '@hybridge/definitions';
import { createLogger, serveOperations } from '@hybridge/observability';
import { runApp } from '@hybridge/runtime';
import { createEventBridgeClient, createEventSink, entryBytes } from '@hybridge/sink-eventbridge';
import { createCheckpointStore, createStreamClients, createStreamSource } from '@hybridge/source-dynamodb-stream';
import { readConfig } from './config.ts';
import { createPipeMetrics } from './metrics.ts';
import { createPipe } from './pipe.ts';

const config = readConfig();
const logger = createLogger({ app: 'stream-pipe', level: config.logLevel });

await runApp(logger, async (signal) => {
  const metrics = createPipeMetrics();
  const clients = createStreamClients(config.dynamodb);
  const eventBridge = createEventBridgeClient(config.eventBridge);

  const source = createStreamSource(
    {
      ...clients,
      checkpoints: createCheckpointStore(clients.dynamodb, { tableName: config.checkpointTableName }),
      logger,
      onDataLoss: ({ reason }) => metrics.dataLosses.inc({ reason }),
      onRetry: () => metrics.retries.inc(),
    },
    { tableName: config.tableName, idlePollMs: config.idlePollMs },
  );
  const sink = createEventSink(eventBridge, {
    busName: config.busName,
    maxEntryBytes: config.maxEntryBytes,
    onRetry: ({ entry, error, attempt, delayMs }) => {
      metrics.retries.inc();
      logger.warn({ err: error, detailType: entry.detailType, attempt, delayMs }, 'putting an event again');
    },
  });
  const pipe = createPipe({
    catalog,
    fits: (message) => entryBytes(message) <= config.maxEntryBytes,
    sink,
    metrics,
    logger,
    now: Date.now,
  });

  const operations = await serveOperations({ ...config.operations, metrics: metrics.registry });
  const ended = source.run((batch) => pipe(batch, signal), signal);
  return {
    ended,
    async [Symbol.asyncDispose]() {
      await ended.catch(() => undefined);
      await operations[Symbol.asyncDispose]();
      clients.destroy();
      eventBridge.destroy();
    },
  };
});
