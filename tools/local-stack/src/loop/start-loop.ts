/** The whole loop on one machine: stack, provisioned resources and apps, as one thing to start and stop. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppCrash } from '../apps/app-runner.ts';
import { type Apps, type AppsOptions, startApps } from '../apps/start-apps.ts';
import { defaultComponents } from '../description.ts';
import type { ComponentName } from '../description.ts';
import type { LocalStack } from '../local-stack.ts';
import { type ProvisionOptions, type Provisioned, provision } from '../provision/provision.ts';
import { type Catalog, databaseKindOf } from '../provision/provision-sources.ts';
import { type StackOptions, startStack } from '../start-stack.ts';

export type LoopOptions = Omit<ProvisionOptions, 'onProgress'> & {
  readonly stack?: Omit<StackOptions, 'signal'>;
  readonly onProvision?: ProvisionOptions['onProgress'];
  /** Default: the four apps of the loop. */
  readonly apps?: AppsOptions['apps'];
  /** Leaves the apps to be started by the caller. Default false. */
  readonly deferApps?: boolean;
  /** Fixed port of view-api's HTTP interface; default a free one. */
  readonly httpPort?: number;
  readonly env?: AppsOptions['env'];
  readonly onAppCrash?: (crash: AppCrash) => void;
};

export type Loop = AsyncDisposable & {
  readonly stack: LocalStack;
  readonly provisioned: Provisioned;
  readonly apps: Apps;
  /** Where the logs are. */
  readonly logDir: string;
};

/** Resolves when every app is healthy. What was started is stopped again when something fails or the signal fires. */
export async function startLoop(options: LoopOptions): Promise<Loop> {
  const { signal } = options;
  const components = options.stack?.components ?? componentsFor(options.catalog);
  const stack = await startStack({ ...options.stack, components, ...(signal === undefined ? {} : { signal }) });
  try {
    const { onProvision, ...provisioning } = options;
    const provisioned = await provision(stack.endpoints, {
      ...provisioning,
      ...(onProvision === undefined ? {} : { onProgress: onProvision }),
    });
    const logDir = stack.runDirectory ?? (await mkdtemp(join(tmpdir(), 'hybridge-logs-')));
    const apps = await startApps({
      ...appsOptions(options),
      endpoints: stack.endpoints,
      logDir,
      provisioned: resourcesOf(provisioned),
    });
    return {
      stack,
      provisioned,
      apps,
      logDir,
      async [Symbol.asyncDispose]() {
        await apps.stop();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

const appsOptions = ({ apps, deferApps, env, httpPort, onAppCrash, signal }: LoopOptions) => ({
  deferred: deferApps ?? false,
  ...(apps === undefined ? {} : { apps }),
  ...(env === undefined ? {} : { env }),
  ...(httpPort === undefined ? {} : { httpPort }),
  ...(onAppCrash === undefined ? {} : { onCrash: onAppCrash }),
  ...(signal === undefined ? {} : { signal }),
});

/** A database that no source is in is neither installed nor started; PostgreSQL is what every stack has. */
const componentsFor = (catalog: Catalog): readonly ComponentName[] => {
  const databases = catalog.sources.map(databaseKindOf);
  return databases.includes('mariadb') ? [...defaultComponents, 'mariadb'] : defaultComponents;
};

const resourcesOf = ({ aws, sources }: Provisioned): AppsOptions['provisioned'] => ({
  sources,
  queueUrl: aws.queueUrl,
  queueUrls: aws.queueUrls,
  tableName: aws.tableName,
  checkpointTableName: aws.checkpointTableName,
  eventBusName: aws.busName,
});
