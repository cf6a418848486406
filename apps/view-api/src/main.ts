import { catalog } from '@hybridge/definitions';
import { type Logger, createLogger, createMetrics, serveOperations } from '@hybridge/observability';
import { createDynamoDbClient, createItemReader } from '@hybridge/reader-dynamodb';
import { createRowReader, createSqlPool } from '@hybridge/reader-sql';
import { type RunningApp, runApp } from '@hybridge/runtime';
import { createHybridge } from '@hybridge/sdk';
import { createItemStore } from '@hybridge/sink-dynamodb';
import { type ViewApiConfig, readConfig } from './config.ts';
import { createInstruments } from './instruments.ts';
import { createServer } from './server.ts';

const config = readConfig();
const logger = createLogger({ app: 'view-api', level: config.logLevel });

await runApp(logger, () => startViewApi(config, logger));

async function startViewApi(options: ViewApiConfig, log: Logger): Promise<RunningApp> {
  const metrics = createMetrics('view-api');
  const dynamodb = createDynamoDbClient(options.dynamodb);
  const pool = createSqlPool({
    url: options.sqlUrl,
    applicationName: 'hybridge-view-api',
    onIdleError: (error) => log.warn({ err: error }, 'an idle connection to SQL broke'),
  });

  const hybridge = createHybridge({
    catalog,
    items: createItemReader(dynamodb, options.dynamodb),
    store: createItemStore(dynamodb, options.dynamodb),
    rows: createRowReader({ pool }),
  });
  const server = createServer({ hybridge, catalog, instruments: createInstruments(metrics), logger: log });
  const operations = await serveOperations({ ...options.operations, metrics });
  const close = async (): Promise<void> => {
    await server.close();
    await operations[Symbol.asyncDispose]();
    await pool[Symbol.asyncDispose]();
    dynamodb.destroy();
  };
  try {
    await server.listen(options.http);
  } catch (error) {
    await close(); // else the operations server would keep a process alive that serves nobody
    throw error;
  }
  return { ended: new Promise(() => undefined), [Symbol.asyncDispose]: close };
}
