import { catalog } from '@hybridge/definitions';
import { type Logger, createLogger, createMetrics, serveOperations } from '@hybridge/observability';
import { type RunningApp, runApp } from '@hybridge/runtime';
import { connectHybridge } from '@hybridge/sdk';
import { createAuthenticate } from './auth/authenticate.ts';
import { type SqlSettings, type ViewApiConfig, readConfig } from './config.ts';
import { type SqlRole, createInstruments } from './instruments.ts';
import { createServer } from './server.ts';

/** Misses of a moment share statements of SQL: a cold cache fills several times faster, and one miss hardly notices. */
const GATHER_MS = 5;

const config = readConfig();
const logger = createLogger({ app: 'view-api', level: config.logLevel });

await runApp(logger, () => startViewApi(config, logger));

async function startViewApi(options: ViewApiConfig, log: Logger): Promise<RunningApp> {
  const metrics = createMetrics('view-api');
  const instruments = createInstruments(metrics);
  const onIdleError = (error: Error): void => log.warn({ err: error }, 'an idle connection to SQL broke');
  const watched = (server: SqlSettings, role: SqlRole) => ({
    url: server.url,
    applicationName: 'hybridge-view-api',
    onIdleError,
    budget: { ...server.budget, ...instruments.budget(role) },
    breaker: instruments.breaker(role),
  });
  const { sql, sqlReplica } = options;
  const hybridge = connectHybridge({
    catalog,
    dynamodb: options.dynamodb,
    gatherMs: GATHER_MS,
    sql: watched(sql, 'primary'),
    sqlReplica: sqlReplica && { ...watched(sqlReplica, 'replica'), onFallback: instruments.fallback },
  });
  const server = createServer({
    hybridge,
    catalog,
    authenticate: createAuthenticate(options.tokens),
    instruments,
    logger: log,
    limits: options.limits,
  });
  const operations = await serveOperations({ ...options.operations, metrics });
  const close = async (): Promise<void> => {
    await server.close();
    await operations[Symbol.asyncDispose]();
    await hybridge[Symbol.asyncDispose]();
  };
  try {
    await server.listen(options.http);
  } catch (error) {
    await close(); // else the operations server would keep a process alive that serves nobody
    throw error;
  }
  return { ended: new Promise(() => undefined), [Symbol.asyncDispose]: close };
}
