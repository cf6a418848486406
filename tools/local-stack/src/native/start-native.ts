/** Runs the stack as processes of this machine. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { componentNames, components } from '../description.ts';
import type { ComponentName, Ports } from '../description.ts';
import { StackForm, endpointsOf } from '../endpoints.ts';
import { UnknownComponentError } from '../errors.ts';
import { assertFreeSpace } from '../install/cache.ts';
import type { InstalledParts } from '../install/installed-parts.ts';
import type { ComponentCrash, LocalStack } from '../local-stack.ts';
import { assertPortsFree } from '../ports.ts';
import type { OnProgress } from '../progress.ts';
import { createComponentRunner } from './component-runner.ts';
import type { ComponentRunner } from './component-runner.ts';
import { aws } from './components/aws.ts';
import { connect } from './components/connect.ts';
import { dynamodb } from './components/dynamodb.ts';
import { kafka } from './components/kafka.ts';
import { mariadb } from './components/mariadb.ts';
import { postgres } from './components/postgres.ts';
import { sendSignal } from './end-process.ts';
import type { NativeComponent } from './native-component.ts';
import { clearCrashedRuns, createRunDirectory } from './run-directory.ts';
import type { RunDirectory } from './run-directory.ts';
import { assertUserCanEnter, databaseUser } from './system-user.ts';

export type NativeOptions = {
  readonly parts: InstalledParts;
  readonly components: readonly ComponentName[];
  readonly ports: Ports;
  /** Where run directories are made, absolute. */
  readonly runsDirectory: string;
  /** A directory of the caller's: its data is used again and stays. */
  readonly runDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: OnProgress;
  readonly onCrash: (crash: ComponentCrash) => void;
};

/** For the data of a run, at its start: a full disk should be told before it breaks a component. */
const neededSpaceMb = 500;

const nativeComponents: Readonly<Record<ComponentName, NativeComponent>> = {
  postgres,
  mariadb,
  kafka,
  connect,
  dynamodb,
  aws,
};

/**
 * Starts the components, each as soon as what it needs is ready. Leftovers of crashed runs are ended first.
 *
 * @throws PortInUseError before anything is started.
 * @throws ComponentFailedError, or the signal's reason; everything that was started is ended by then.
 */
export async function startNativeStack(options: NativeOptions): Promise<LocalStack> {
  const { ports, signal } = options;
  signal?.throwIfAborted();
  await makeRoom(options);
  await assertFreeSpace(options.runsDirectory, neededSpaceMb);
  const runDirectory = createRunDirectory({ runs: options.runsDirectory, chosen: options.runDirectory, ports });
  const runners = createRunners(options, runDirectory);
  const removeData = async (): Promise<void> => {
    if (options.runDirectory === undefined) await rm(join(runDirectory.path, 'data'), { recursive: true, force: true });
  };
  const killAtExit = (): void => {
    for (const pid of Object.values(processIds(runners))) sendSignal(-pid, 'SIGKILL');
  };
  process.once('exit', killAtExit);
  const stop = once(async () => {
    await stopInReverseOrder(runners);
    await removeData();
    process.off('exit', killAtExit);
  });
  try {
    await startAll(runners, signal);
  } catch (error) {
    await stop();
    throw error;
  }
  const runner = (name: ComponentName): ComponentRunner => {
    const found = runners.get(name);
    if (!found) throw new UnknownComponentError(name, [...runners.keys()]);
    return found;
  };
  return {
    form: StackForm.native,
    endpoints: endpointsOf(StackForm.native, ports),
    awsEmulator: options.parts.aws.emulator,
    components: [...runners.keys()],
    runDirectory: runDirectory.path,
    processIds: () => processIds(runners),
    killComponent: async (name, killSignal = 'SIGKILL') => runner(name).kill(killSignal),
    startComponent: async (name) => runner(name).start(),
    stopComponent: async (name) => runner(name).stop(),
    restartComponent: async (name) => {
      await runner(name).stop();
      await runner(name).start();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/**
 * Ends what crashed runs left, and checks the ports. Also called before an install, which takes longer.
 *
 * @throws PortInUseError
 */
export async function makeRoom(
  options: Pick<NativeOptions, 'runsDirectory' | 'runDirectory' | 'components' | 'ports' | 'onProgress'>,
): Promise<void> {
  for (const text of await clearCrashedRuns(options.runsDirectory, options.runDirectory)) {
    options.onProgress({ kind: 'notice', text });
  }
  await assertPortsFree(options.components, options.ports);
}

type Runners = ReadonlyMap<ComponentName, ComponentRunner>;

function createRunners(options: NativeOptions, runDirectory: RunDirectory): Runners {
  const user = databaseUser(options.components);
  if (user) assertUserCanEnter(join(runDirectory.path, 'data'), user);
  return new Map(
    options.components.map((name) => {
      const context = {
        parts: options.parts,
        ports: options.ports,
        dataDirectory: runDirectory.dataPath(name),
        logFile: runDirectory.logFile(name),
        user,
      };
      const { onProgress, onCrash } = options;
      const component = nativeComponents[name];
      return [name, createComponentRunner({ component, context, runDirectory, onProgress, onCrash })];
    }),
  );
}

/** The first failure aborts the other starts; it is thrown once all of them have ended. */
async function startAll(runners: Runners, signal: AbortSignal | undefined): Promise<void> {
  const failed = new AbortController();
  const stopStarting = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const starts = new Map<ComponentName, Promise<void>>();
  for (const [name, runner] of runners) {
    const needed = components[name].needs.map((need) => starts.get(need));
    const start = Promise.all(needed)
      .then(() => stopStarting.throwIfAborted())
      .then(() => runner.start(stopStarting));
    start.catch((error: unknown) => failed.abort(error));
    starts.set(name, start);
  }
  await Promise.allSettled(starts.values());
  if (stopStarting.aborted) throw stopStarting.reason;
}

/** What needs others goes first; the rest ends together. */
async function stopInReverseOrder(runners: Runners): Promise<void> {
  const stops = new Map<ComponentName, Promise<void>>();
  for (const name of [...componentNames].reverse()) {
    const users = componentNames.filter((other) => components[other].needs.includes(name));
    const usersStopped = Promise.all(users.map((user) => stops.get(user)));
    stops.set(
      name,
      usersStopped.then(() => runners.get(name)?.stop()),
    );
  }
  await Promise.all(stops.values());
}

function processIds(runners: Runners): Partial<Record<ComponentName, number>> {
  const entries = [...runners].map(([name, runner]) => [name, runner.processId()] as const);
  return Object.fromEntries(entries.filter(([, pid]) => pid !== undefined));
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= action());
}
