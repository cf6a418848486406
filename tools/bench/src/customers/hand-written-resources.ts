import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Loop } from '@hybridge/local-stack';
import { type PipeOptions, SOURCE } from './hand-written.ts';

/** What the hand-written process is told. */
export interface HandWrittenJob extends PipeOptions {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly dynamodbEndpoint: string;
  readonly awsEndpoint: string;
  readonly queueUrl: string;
  readonly sqlUrl: string;
}

export const HAND_WRITTEN_TABLE = 'hand-written-orders';
const NAME = 'hand-written';
const MAX_WAIT_SECONDS = 30;
/** As our stream-pipe by default. */
const IDLE_POLL_MS = 100;

/** Table with stream, bus, rule and queue of the hand-written way. */
export async function createHandWrittenResources(
  { stack, provisioned }: Pick<Loop, 'stack' | 'provisioned'>,
  dynamodb: DynamoDBClient,
): Promise<HandWrittenJob> {
  const { region, credentials, aws, dynamodb: views } = stack.endpoints;
  return {
    region,
    credentials,
    dynamodbEndpoint: views.endpoint,
    awsEndpoint: aws.endpoint,
    streamArn: await createTable(dynamodb),
    queueUrl: await createRoute({ region, credentials, endpoint: aws.endpoint }),
    busName: NAME,
    idlePollMs: IDLE_POLL_MS,
    sqlUrl: provisioned.sql.appUrl,
  };
}

async function createTable(client: DynamoDBClient): Promise<string> {
  const TableName = HAND_WRITTEN_TABLE;
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: MAX_WAIT_SECONDS }, { TableName });
  return TableDescription?.LatestStreamArn ?? '';
}

/** Everything that is put on the bus goes to the queue. @returns its address */
async function createRoute(
  config: Pick<HandWrittenJob, 'region' | 'credentials'> & { readonly endpoint: string },
): Promise<string> {
  const events = new EventBridgeClient(config);
  const queues = new SQSClient(config);
  try {
    const { QueueUrl = '' } = await queues.send(new CreateQueueCommand({ QueueName: NAME }));
    const { Attributes } = await queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    await events.send(new CreateEventBusCommand({ Name: NAME }));
    const EventPattern = JSON.stringify({ source: [SOURCE] });
    await events.send(new PutRuleCommand({ Name: NAME, EventBusName: NAME, EventPattern }));
    await events.send(
      new PutTargetsCommand({
        Rule: NAME,
        EventBusName: NAME,
        Targets: [{ Id: NAME, Arn: Attributes?.['QueueArn'] }],
      }),
    );
    return QueueUrl;
  } finally {
    events.destroy();
    queues.destroy();
  }
}
