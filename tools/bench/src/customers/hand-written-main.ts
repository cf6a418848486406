/** Child process of `change.ts`: the hand-written way, both its loops. */
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import pg from 'pg';
import { atEnd, readJob, tell } from './child-side.ts';
import { applyMessages, pipeStream } from './hand-written.ts';
import type { HandWrittenJob } from './hand-written-resources.ts';

/** As our writeback with its default settings. */
const POLLERS = 2;
const CONNECTIONS = 8;

const job = readJob<HandWrittenJob>();
const { region, credentials } = job;
const streams = new DynamoDBStreamsClient({ region, credentials, endpoint: job.dynamodbEndpoint });
const events = new EventBridgeClient({ region, credentials, endpoint: job.awsEndpoint });
const queues = new SQSClient({ region, credentials, endpoint: job.awsEndpoint });
const sql = new pg.Pool({ connectionString: job.sqlUrl, max: CONNECTIONS });
const ending = new AbortController();

const loops = [
  pipeStream({ streams, events }, job, ending.signal),
  ...Array.from({ length: POLLERS }, () => applyMessages({ queues, sql }, job.queueUrl, ending.signal)),
];
tell({ ready: true });
atEnd(async () => {
  ending.abort();
  await Promise.allSettled(loops);
  await sql.end();
});
await Promise.all(loops);
