import { catalog } from '@hybridge/definitions';
import { type Logger, createLogger, createMetrics, createSourceHealth, serveOperations } from '@hybridge/observability';
import { BreakerState, type SqlBreakerOptions } from '@hybridge/reader-sql';
import { type RunningApp, runApp } from '@hybridge/runtime';
import { type SourceServers, type SqlServerOptions, connectHybridge } from '@hybridge/sdk';
import { createAuthenticate } from './auth/authenticate.ts';
import { type SourceSettings, type SqlSettings, type ViewApiConfig, readConfig } from './config.ts';
import { type SqlServer, createInstruments } from './instruments.ts';
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
  const health = createSourceHealth(metrics, [...options.sources.keys()]);
  const watchedBreaker = (server: SqlServer): SqlBreakerOptions => {
    const { onState, ...counted } = instruments.breaker(server);
    return {
      ...counted,
      onState: (state) => {
        onState?.(state);
        if (server.server === 'primary') health.note(server.source, state === BreakerState.closed);
      },
    };
  };
  const watched = ({ url, budget }: SqlSettings, server: SqlServer): SqlServerOptions => ({
    url,
    applicationName: 'hybridge-view-api',
    onIdleError,
    budget: { ...budget, ...instruments.budget(server) },
    breaker: watchedBreaker(server),
  });
  const serversOf = ([source, { primary, replica }]: [string, SourceSettings]): [string, SourceServers] => [
    source,
    {
      primary: watched(primary, { source, server: 'primary' }),
      replica: replica && {
        ...watched(replica, { source, server: 'replica' }),
        onFallback: instruments.fallback(source),
      },
    },
  ];
  const hybridge = connectHybridge({
    catalog,
    dynamodb: options.dynamodb,
    gatherMs: GATHER_MS,
    sources: Object.fromEntries([...options.sources].map(serversOf)),
  });
  const server = createServer({
    hybridge,
    catalog,
    authenticate: createAuthenticate(options.tokens),
    instruments,
    logger: log,
    limits: options.limits,
  });
  const operations = await serveOperations({ ...options.operations, metrics, notes: () => health.notes() });
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
