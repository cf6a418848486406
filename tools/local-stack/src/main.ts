/**
 * The local stack by hand:
 *
 *   node --conditions=@hybridge/source tools/local-stack/src/main.ts up|install|down|compose|pin
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { renderCompose } from './compose/render-compose.ts';
import { readStackConfig } from './config.ts';
import { componentNames, components, defaultComponents, withNeeds } from './description.ts';
import type { ComponentName } from './description.ts';
import { StackForm } from './endpoints.ts';
import { InvalidSettingError, LocalStackError } from './errors.ts';
import { ensureInstalled } from './install/install.ts';
import { pinArtifacts } from './install/pin-artifacts.ts';
import { repositoryPath } from './install/resources.ts';
import type { LocalStack } from './local-stack.ts';
import { createProgressView } from './progress-view.ts';
import { startStack } from './start-stack.ts';
import { stopRunningStacks } from './stop-running-stacks.ts';

const usage = `Usage: main.ts <command> [options]
  up        start the stack and keep it until Ctrl-C
  install   fetch everything the native form needs
  down      end the stack on these ports, and what crashed runs left behind
  compose   write docker-compose.yml from the description
  pin       write resources/artifacts.lock.json from what Maven brings
Options
  --stack native|compose|auto   default auto: compose where a Docker engine answers
  --components a,b              default ${defaultComponents.join(',')}; besides there is mariadb
  --once                        with up: stop again as soon as everything is ready`;

/** What a shell expects after Ctrl-C. */
const interruptedExitCode = 130;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    stack: { type: 'string', default: 'auto' },
    components: { type: 'string', default: defaultComponents.join(',') },
    once: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const commands: Readonly<Record<string, () => Promise<void>>> = { up, install, down, compose, pin };
const command = values.help ? undefined : commands[positionals[0] ?? ''];
if (command) await run(command);
else console.log(usage);

async function run(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (isAbort(error)) {
      console.log('interrupted: everything that was started is stopped');
      process.exitCode = interruptedExitCode;
      return;
    }
    console.error(error instanceof LocalStackError ? `\n${error.code}: ${error.message}` : error);
    process.exitCode = 1;
  }
}

async function up(): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  const view = createProgressView();
  const startedAt = performance.now();
  await using stack = await startStack({
    form: stackForm(),
    components: chosenComponents(),
    signal: interrupted.signal,
    onProgress: view.onProgress,
    onCrash: ({ title, code, signal, logFile, logTail }) =>
      console.error(`crashed    ${title} (${signal ?? `exit code ${code}`}); log ${logFile}\n${logTail}`),
  });
  view.close();
  console.log(`everything is ready after ${secondsSince(startedAt)}`);
  printAddresses(stack);
  if (!values.once && !interrupted.signal.aborted) await waitForAbort(interrupted.signal);
  const stoppingAt = performance.now();
  await stack.stop();
  console.log(`stopped in ${secondsSince(stoppingAt)}`);
}

async function install(): Promise<void> {
  const view = createProgressView();
  const startedAt = performance.now();
  const parts = await ensureInstalled({
    config: readStackConfig(),
    components: chosenComponents(),
    onProgress: view.onProgress,
  });
  view.close();
  console.log(`everything is installed after ${secondsSince(startedAt)} (AWS emulator: ${parts.aws.emulator})`);
}

async function down(): Promise<void> {
  const ended = await stopRunningStacks(readStackConfig());
  console.log(ended.length === 0 ? 'nothing was running' : ended.join('\n'));
}

async function compose(): Promise<void> {
  const file = repositoryPath('docker-compose.yml');
  await writeFile(file, renderCompose());
  console.log(`wrote ${file}`);
}

async function pin(): Promise<void> {
  console.log(`wrote ${await pinArtifacts(readStackConfig())}; review the difference before committing it`);
}

function printAddresses({ form, endpoints, runDirectory, processIds }: LocalStack): void {
  const pids = processIds();
  console.log(`form        ${form}
PostgreSQL  ${endpoints.postgres.url}
MariaDB     ${pids.mariadb === undefined ? '-' : endpoints.mariadb.url}
Kafka       ${endpoints.kafka.brokers.join(',')}
Connect     ${endpoints.connect.url}
DynamoDB    ${endpoints.dynamodb.endpoint}
AWS         ${endpoints.aws.endpoint}
processes   ${Object.entries(pids)
    .map(([name, pid]) => `${name} ${pid}`)
    .join(', ')}
run         ${runDirectory ?? '-'}`);
}

function stackForm(): StackForm | 'auto' {
  const { stack } = values;
  if (stack === 'auto' || stack === StackForm.native || stack === StackForm.compose) return stack;
  throw new InvalidSettingError('--stack', stack, 'native, compose or auto');
}

function chosenComponents(): readonly ComponentName[] {
  const names = values.components.split(',');
  const unknown = names.find((name) => !(name in components));
  if (unknown !== undefined)
    throw new InvalidSettingError('--components', unknown, `one of ${componentNames.join(', ')}`);
  return withNeeds(names as ComponentName[]);
}

async function waitForAbort(signal: AbortSignal): Promise<void> {
  console.log('Ctrl-C stops it.');
  const keepAlive = setInterval(() => {}, 60_000);
  await once(signal, 'abort');
  clearInterval(keepAlive);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function secondsSince(startedAt: number): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}
