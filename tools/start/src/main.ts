/**
 * `npm start`: the real stack on this machine, the demonstration, then the loop at work until Ctrl-C.
 *
 * Exit code 0 after Ctrl-C or a good `--once`, 1 when something failed, 2 for options that do not fit.
 */
import { catalog } from '@hybridge/definitions';
import { type Loop, LocalStackError, createProgressView, openBusTap, startLoop } from '@hybridge/local-stack';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import pc from 'picocolors';
import { addressesOf, suggestionsFor } from './addresses.ts';
import { httpPortOf } from './config.ts';
import { CUSTOMER_ID, playDemonstration } from './demonstration.ts';
import { awaitFirstLoad } from './first-load.ts';
import { showHops } from './live-view.ts';
import { type StartOptions, USAGE, parseOptions } from './options.ts';
import { openProductPages } from './product-page.ts';
import { runTraffic } from './traffic.ts';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort(new Error('stopped')));

async function main(): Promise<number> {
  let options: StartOptions;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  try {
    return await run(options, stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    console.error(`\n${pc.red('✘')} ${explain(error)}`);
    return 1;
  }
}

async function run(options: StartOptions, signal: AbortSignal): Promise<number> {
  const began = performance.now();
  console.log(`\n${pc.bold('Hybridge')}  SQL → Debezium → Kafka → DynamoDB → EventBridge → SQL\n`);
  const loop = await start(options, signal);
  try {
    console.log(`\n${pc.green('✔')} everything runs after ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
    console.log(addressesOf(loop).join('\n'));
    await demonstrate(loop, signal);
    if (options.once) return await finishOnce(loop);
    await Promise.all([showHops(loop, await suggestionsFor(loop), signal), runTraffic(loop, options.traffic, signal)]);
    return 0;
  } finally {
    console.log(pc.dim('\nstopping …'));
    await loop[Symbol.asyncDispose]();
    console.log(pc.dim('stopped; nothing is left running'));
  }
}

async function start(options: StartOptions, signal: AbortSignal): Promise<Loop> {
  const progress = createProgressView();
  try {
    return await startLoop({
      catalog,
      demo: options.size,
      signal,
      httpPort: httpPortOf(),
      stack: {
        form: options.form,
        onProgress: progress.onProgress,
        onCrash: (crash) => fail(`${crash.title} ended; see ${crash.logFile}`),
      },
      onAppCrash: (crash) => fail(`${crash.app} ended; see ${crash.logFile}`),
      onProvision: (step, state, ms) => {
        if (state === 'done')
          console.log(`${pc.green('done')}       ${STEPS[step]} ${pc.dim(`${(ms / 1000).toFixed(1)} s`)}`);
      },
    });
  } finally {
    progress.close();
  }
}

const STEPS = {
  aws: 'tables, bus, rule and queues from the CDK templates',
  migrations: 'roles and inboxes in SQL',
  demo: 'the inherited databases with their rows',
  publication: 'publication of the captured tables',
  topics: 'change topics in Kafka',
  connector: 'Debezium captures changes',
} as const;

function fail(problem: string): void {
  if (stopping.signal.aborted) return;
  console.error(`\n${pc.red('✘')} ${problem}`);
  process.exitCode = 1;
  stopping.abort(new Error(problem));
}

async function demonstrate(loop: Loop, signal: AbortSignal): Promise<void> {
  await showFirstLoad(loop, signal);
  await using opened = new AsyncDisposableStack();
  const sql = new pg.Client({ connectionString: loop.provisioned.sql.adminUrl });
  await sql.connect();
  opened.defer(() => sql.end());
  const stockroom = await createConnection(loop.stack.endpoints.mariadb.url);
  opened.defer(() => stockroom.end());
  const pages = opened.use(openProductPages(loop));
  const bus = opened.use(await openBusTap(loop.stack.endpoints, loop.provisioned.aws.busName));
  const { apiUrl, tokenFor } = loop.apps;
  const token = await tokenFor(CUSTOMER_ID);
  await playDemonstration({ sql, stockroom, pages, bus, apiUrl, token, say: (line) => console.log(line), signal });
}

async function showFirstLoad(loop: Loop, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  const inPlace = process.stdout.isTTY ? (text: string) => process.stdout.write(`\r  ${text}`) : () => true;
  const { expected } = await awaitFirstLoad(
    loop,
    (now) => inPlace(`${now.loaded} of ${now.expected} rows are items`),
    signal,
  );
  const seconds = (performance.now() - began) / 1000;
  inPlace(' '.repeat(60) + '\r');
  console.log(
    `\n${pc.green('✔')} ${expected.toLocaleString('en-US')} rows became items ${pc.dim(`${seconds.toFixed(1)} s`)}`,
  );
}

async function finishOnce(loop: Loop): Promise<number> {
  console.log(`\n${pc.bold('5  Every item is compared with its SQL row')}\n`);
  const equal = (await loop.apps.runToEnd('inspector', ['--once'])) === 0;
  console.log(equal ? `\n${pc.green('✔')} all as promised` : `\n${pc.red('✘')} some items differ from SQL`);
  return equal ? 0 : 1;
}

const explain = (error: unknown): string =>
  error instanceof LocalStackError || !(error instanceof Error)
    ? String((error as Error).message)
    : (error.stack ?? error.message);

process.exitCode = await main();
