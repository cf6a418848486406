/** Runs the stack by `docker compose`, behind the same interface as the native form. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AwsEmulator } from '../config.ts';
import { components, portDescriptions } from '../description.ts';
import type { ComponentName, PortName, Ports } from '../description.ts';
import { StackForm, endpointsOf } from '../endpoints.ts';
import { ComposeError } from '../errors.ts';
import { repositoryPath } from '../install/resources.ts';
import type { LocalStack } from '../local-stack.ts';
import { assertPortsFree } from '../ports.ts';
import type { OnProgress } from '../progress.ts';
import { engineAnswers, findCompose } from './find-compose.ts';
import type { ComposeCommand } from './find-compose.ts';
import { composeProject } from './render-compose.ts';

const run = promisify(execFile);
const stopTimeoutSeconds = 5;
const maxOutputBytes = 16 * 1024 * 1024;

export type ComposeOptions = {
  readonly components: readonly ComponentName[];
  readonly ports: Ports;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
};

/** The compose command when an engine answers too; else undefined. */
export async function composeForm(): Promise<ComposeCommand | undefined> {
  return (await engineAnswers()) ? findCompose() : undefined;
}

/** @throws ComposeError with compose's own words; PortInUseError before anything is started. */
export async function startComposeStack(options: ComposeOptions): Promise<LocalStack> {
  const command = await composeForm();
  if (!command) {
    throw new ComposeError({
      what: 'The compose form was asked for, but no Docker engine with compose answers.',
      fix: 'start Docker, or use the native form (--stack native).',
    });
  }
  const { ports, onProgress, signal } = options;
  await assertPortsFree(options.components, ports);
  // One project for each set of ports, so that two stacks can run side by side.
  const project =
    ports.postgres === portDescriptions.postgres.defaultPort ? composeProject : `${composeProject}-${ports.postgres}`;
  const environment = { ...process.env, ...portVariables(ports) };
  const compose = (args: readonly string[], abort?: AbortSignal): Promise<void> =>
    call([...command, '-p', project, '-f', repositoryPath('docker-compose.yml'), ...args], environment, abort);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopped ??= compose(['down', '--volumes', '--remove-orphans', '--timeout', String(stopTimeoutSeconds)]));
  const up = async (names: readonly ComponentName[], abort?: AbortSignal): Promise<void> => {
    const started = performance.now();
    for (const name of names)
      onProgress({ kind: 'component-starting', component: name, title: components[name].title });
    await compose(['up', '--detach', '--wait', ...names], abort);
    const ms = Math.round(performance.now() - started);
    for (const name of names)
      onProgress({ kind: 'component-ready', component: name, title: components[name].title, ms });
  };
  try {
    await up(options.components, signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    form: StackForm.compose,
    endpoints: endpointsOf(StackForm.compose, ports),
    awsEmulator: AwsEmulator.localstack,
    components: options.components,
    runDirectory: undefined,
    processIds: () => ({}),
    killComponent: (name, killSignal = 'SIGKILL') => compose(['kill', '--signal', killSignal, name]),
    startComponent: (name) => up([name]),
    stopComponent: (name) => compose(['stop', name]),
    restartComponent: async (name) => {
      await compose(['stop', name]);
      await up([name]);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function call(
  [program = 'docker', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await run(program, args, { env, maxBuffer: maxOutputBytes, ...(signal && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ComposeError({
      what: `${[program, ...args].join(' ')} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: `look at the containers' output with: ${program} ${args.slice(0, args.indexOf('-f')).join(' ')} logs`,
      cause,
    });
  }
}

function portVariables(ports: Ports): Record<string, string> {
  const entries = Object.entries(ports).map(([name, port]) => [
    portDescriptions[name as PortName].variable,
    String(port),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
