/**
 * `npm run faults`: kills an app again and again under traffic, then waits until nothing is under way and checks that
 * every accepted change has exactly one answer and every item equals its row. Exit code 0 or 1; 2 for wrong options.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { catalog } from '@hybridge/definitions';
import { createRandom, createTraffic } from '@hybridge/load';
import { type Loop, createProgressView, drained, startLoop } from '@hybridge/local-stack';
import { createItemReader } from '@hybridge/reader-dynamodb';
import { Kafka, logLevel } from 'kafkajs';
import { Pool } from 'pg';
import { killRepeatedly } from './kill-repeatedly.ts';
import { type FaultOptions, USAGE, parseOptions } from './options.ts';

const SENTINEL_ID = 999_999;

process.exitCode = await main();

async function main(): Promise<number> {
  let options: FaultOptions;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort(new Error('stopped')));
  const progress = createProgressView();
  await using loop = await startLoop({
    catalog,
    signal: stopping.signal,
    stack: { form: 'native', ports: 'free', onProgress: progress.onProgress },
  });
  progress.close();
  return await run(loop, options); // the loop is disposed when this block ends
}

async function run(loop: Loop, { app, kills, rate, seed }: FaultOptions): Promise<number> {
  const sql = new Pool({ connectionString: loop.provisioned.sql.adminUrl, max: 2 });
  sql.on('error', () => undefined); // an idle connection that breaks is replaced
  await sql.query(
    `INSERT INTO public.products (id, sku, name, list_price) VALUES ($1, 'SENTINEL', 'marker of commit order', 0)`,
    [SENTINEL_ID],
  );
  try {
    await using traffic = await createTraffic({
      sqlUrl: loop.provisioned.sql.adminUrl,
      apiUrl: loop.apps.apiUrl,
      ratePerSecond: rate,
      customerPercent: 25,
      seed,
    });
    const onKill = (count: number): void => {
      if (count % 5 === 0 || count === kills) console.log(`killed     ${app} ${count} of ${kills} times`);
    };
    await killRepeatedly(loop, { app, kills, random: createRandom(seed), onKill });
    const { done, accepted } = await traffic.stop();
    console.log(`traffic    ${JSON.stringify(done)}, ${accepted.length} customer changes accepted`);
    await drain(loop, sql);
    const unanswered = await withoutAnswer(
      sql,
      accepted.map(({ changeId }) => changeId),
    );
    console.log(`answers    ${accepted.length - unanswered} of ${accepted.length} accepted changes\n`);
    const differing = await loop.apps.runToEnd('inspector', ['--once']);
    return unanswered === 0 && differing === 0 ? 0 : 1;
  } finally {
    await sql.end();
  }
}

async function drain(loop: Loop, sql: Pool): Promise<void> {
  const { region, dynamodb, credentials, kafka: broker } = loop.stack.endpoints;
  const client = new DynamoDBClient({ region, endpoint: dynamodb.endpoint, credentials: { ...credentials } });
  const kafka = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING }).admin();
  await kafka.connect();
  try {
    const items = createItemReader(client, { tableName: loop.provisioned.aws.tableName });
    await drained({ sql, items, kafka, groupId: 'projector', sentinelId: SENTINEL_ID });
  } finally {
    await kafka.disconnect();
    client.destroy();
  }
}

/** The primary key of the inbox lets no change have two answers; none must have no answer. */
async function withoutAnswer(sql: Pool, changeIds: readonly string[]): Promise<number> {
  const { rows } = await sql.query<{ answered: string }>(
    'SELECT count(*) AS answered FROM public.hybridge_inbox WHERE change_id = ANY($1)',
    [changeIds],
  );
  return changeIds.length - Number(rows[0]?.answered);
}
