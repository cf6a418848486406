/** Starts the apps of the loop from their sources, beside a running stack. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoints } from '../endpoints.ts';
import { UnknownComponentError } from '../errors.ts';
import { findFreePort } from '../ports.ts';
import { appCommand } from './app-command.ts';
import { AppName, environmentOf, loopApps } from './app-environment.ts';
import { type TokenFor, createTokenFor, makeSecret } from './local-tokens.ts';
import type { AppPorts, AppResources, AppSettings } from './app-environment.ts';
import type { LaunchCommand } from '../native/launch.ts';
import { createAppRunner } from './app-runner.ts';
import type { AppCrash, AppRunner } from './app-runner.ts';

export type AppsOptions = {
  readonly endpoints: Endpoints;
  readonly provisioned: AppResources;
  /** Default: the four apps of the loop. */
  readonly apps?: readonly AppName[];
  /** Where `<app>.log` files go; made when missing, appended to. */
  readonly logDir: string;
  /** Further environment variables for every app, such as `PROJECTOR_CONCURRENCY`. */
  readonly env?: AppSettings;
  /** Starts none of them yet; `start(name)` does. Default false. */
  readonly deferred?: boolean;
  /** Fixed port of view-api's HTTP interface; default a free one. */
  readonly httpPort?: number;
  /** Longest wait for health, milliseconds; default 60 000. */
  readonly readyTimeoutMs?: number;
  readonly signal?: AbortSignal;
  /** An app ended without being asked to. */
  readonly onCrash?: (crash: AppCrash) => void;
};

export type Apps = AsyncDisposable & {
  readonly names: readonly AppName[];
  readonly ports: AppPorts;
  /** Address of view-api's HTTP interface. */
  readonly apiUrl: string;
  /** A token that view-api takes, of a customer by id. */
  readonly tokenFor: TokenFor;
  /** `http://host:port` of an app's `/health` and `/metrics`. */
  operationsUrl(name: AppName): string;
  /** Undefined while it does not run. */
  processId(name: AppName): number | undefined;
  /** Resolves when it is healthy; on the same ports. @throws ComponentFailedError */
  start(name: AppName): Promise<void>;
  /** Sends a signal (default SIGKILL) and resolves when the app has ended; for SIGSTOP and SIGCONT at once. */
  kill(name: AppName, signal?: NodeJS.Signals): Promise<void>;
  /** Ends it politely and starts it again. */
  restart(name: AppName): Promise<void>;
  /** Runs a further process of an app to its end, such as `inspector --once`; its output is ours. @returns its exit code */
  runToEnd(name: AppName, args: readonly string[]): Promise<number>;
  /** Ends one app, or all; may be called twice. */
  stop(name?: AppName): Promise<void>;
};

const defaultReadyTimeoutMs = 60_000;

/** Resolves when every app is healthy. @throws ComponentFailedError of the first that is not; then all are ended. */
export async function startApps(options: AppsOptions): Promise<Apps> {
  const names = options.apps ?? loopApps;
  const ports = await findAppPorts(options.httpPort);
  const jwtSecret = makeSecret();
  const surroundings = { ports, jwtSecret };
  mkdirSync(options.logDir, { recursive: true });
  const runners = new Map(names.map((name) => [name, createRunner(name, surroundings, options)]));

  const runnerOf = (name: AppName): AppRunner => {
    const runner = runners.get(name);
    if (runner === undefined) throw new UnknownComponentError(name, names);
    return runner;
  };
  const stopAll = async (): Promise<void> => {
    process.off('exit', killAll);
    await Promise.all([...runners.values()].map((runner) => runner.stop()));
  };
  /** We are ending without having been asked to stop them: nothing may stay behind. */
  const killAll = (): void => {
    for (const runner of runners.values()) void runner.kill('SIGKILL');
  };
  process.on('exit', killAll);

  const now = options.deferred === true ? [] : [...runners.values()];
  const started = await Promise.allSettled(now.map((runner) => runner.start(options.signal)));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await stopAll();
    throw failed.reason;
  }
  return {
    names,
    ports,
    apiUrl: `http://127.0.0.1:${ports.http}`,
    tokenFor: createTokenFor(jwtSecret),
    operationsUrl: (name) => `http://127.0.0.1:${ports.operations[name]}`,
    processId: (name) => runnerOf(name).processId(),
    start: (name) => runnerOf(name).start(),
    kill: (name, signal = 'SIGKILL') => runnerOf(name).kill(signal),
    restart: async (name) => {
      await runnerOf(name).stop();
      await runnerOf(name).start();
    },
    runToEnd: (name, args) =>
      runToEnd(appCommand(name, { ...settingsFor(name, surroundings, options), ...options.env }), args),
    stop: (name) => (name === undefined ? stopAll() : runnerOf(name).stop()),
    [Symbol.asyncDispose]: stopAll,
  };
}

/** What the apps of one start share. */
type Surroundings = { readonly ports: AppPorts; readonly jwtSecret: string };

const settingsFor = (name: AppName, surroundings: Surroundings, { endpoints, provisioned }: AppsOptions) =>
  environmentOf(name, { endpoints, resources: provisioned, ...surroundings });

async function runToEnd(
  { file, args, directory, environment }: LaunchCommand,
  more: readonly string[],
): Promise<number> {
  const child = spawn(file, [...args, ...more], {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

function createRunner(name: AppName, surroundings: Surroundings, options: AppsOptions): AppRunner {
  return createAppRunner({
    name,
    command: appCommand(name, { ...settingsFor(name, surroundings, options), ...options.env }),
    port: surroundings.ports.operations[name],
    logFile: join(options.logDir, `${name}.log`),
    readyTimeoutMs: options.readyTimeoutMs ?? defaultReadyTimeoutMs,
    onCrash: options.onCrash ?? (() => {}),
  });
}

async function findAppPorts(httpPort: number | undefined): Promise<AppPorts> {
  const operations: Partial<Record<AppName, number>> = {};
  for (const name of Object.values(AppName)) operations[name] = await findFreePort();
  return { operations: operations as AppPorts['operations'], http: httpPort ?? (await findFreePort()) };
}
