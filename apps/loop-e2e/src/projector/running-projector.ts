import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type LocalStack, type Samples, scrape, shopOnly } from '@hybridge/local-stack';

/** The real process of the projector, without SQL: nothing in these tests needs a fill. */
export interface RunningProjector extends AsyncDisposable {
  /** What `/health` notes; undefined while it does not answer. */
  notes(): Promise<readonly string[] | undefined>;
  metrics(): Promise<Samples>;
  /** Resolves when it has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface ProjectorSettings {
  readonly prefix: string;
  readonly groupId: string;
  readonly tableName: string;
  readonly bulk: boolean;
  /** Further settings, by the names of the environment. */
  readonly more?: Readonly<Record<string, string>>;
}

const MAIN = join(__dirname, '../../../projector/src/main.ts');

export async function startProjectorProcess(
  { endpoints }: LocalStack,
  { prefix, groupId, tableName, bulk, more = {} }: ProjectorSettings,
): Promise<RunningProjector> {
  const port = await freePort();
  const environment = {
    ...shopOnly().env,
    PATH: process.env['PATH'],
    AWS_ACCESS_KEY_ID: endpoints.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: endpoints.credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    PROJECTOR_KAFKA_BROKERS: endpoints.kafka.brokers.join(','),
    PROJECTOR_KAFKA_GROUP_ID: groupId,
    PROJECTOR_TOPIC_PREFIX: prefix,
    PROJECTOR_TOPIC_PARTITIONS: '3',
    PROJECTOR_DYNAMODB_ENDPOINT: endpoints.dynamodb.endpoint,
    PROJECTOR_TABLE_NAME: tableName,
    PROJECTOR_AWS_REGION: endpoints.region,
    PROJECTOR_SQL_URL: 'postgres://none:none@127.0.0.1:9/none',
    PROJECTOR_FIRST_LOAD: bulk ? 'bulk' : 'ordinary',
    PROJECTOR_PORT: String(port),
    PROJECTOR_LOG_LEVEL: 'warn',
    ...more,
  };
  const child = spawn(process.execPath, ['--conditions=@hybridge/source', MAIN], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const end = (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => endOf(child, signal);
  return {
    async notes() {
      const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
      const health = (await answer?.json()) as { readonly notes?: readonly string[] } | undefined;
      return health === undefined ? undefined : (health.notes ?? []);
    },
    metrics: () => scrape(`http://127.0.0.1:${port}/metrics`),
    end,
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
}

async function endOf(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
