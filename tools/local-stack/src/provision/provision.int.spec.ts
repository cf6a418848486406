import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ApplyCustomerChange } from '@hybridge/contracts';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaMessage } from 'kafkajs';
import pg from 'pg';
import { shopOnly } from '../definitions/other-definitions.ts';
import type { LocalStack } from '../local-stack.ts';
import { startStack } from '../start-stack.ts';
import { provision } from './provision.ts';
import type { Provisioned } from './provision.ts';

const { catalog } = shopOnly();
const demo = { customers: 50, products: 20, orders: 30 };

describe('provision', () => {
  let stack: LocalStack;
  let provisioned: Provisioned;
  const steps: string[] = [];

  beforeAll(async () => {
    stack = await startStack({ form: 'native', ports: 'free' });
    provisioned = await provision(stack.endpoints, {
      catalog,
      demo,
      onProgress: (name, state) => steps.push(`${name} ${state}`),
    });
  });
  afterAll(() => stack?.stop());

  const clientOptions = (endpoint: string) => ({
    endpoint,
    region: stack.endpoints.region,
    credentials: { ...stack.endpoints.credentials },
  });

  it('tells of every step', () => {
    const done = steps.filter((step) => step.endsWith('done')).map((step) => step.split(' ')[0]);
    expect(done.sort()).toEqual(['aws', 'connector', 'demo', 'migrations', 'publication', 'topics']);
    expect(steps.at(-1)).toMatch(/^(connector|aws) done$/);
  });

  it('leaves everything as it is when run again', async () => {
    expect(await provision(stack.endpoints, { catalog, demo })).toEqual(provisioned);
  });

  it('makes the view table with a stream of both images and the indexes of the definitions', async () => {
    const client = new DynamoDBClient(clientOptions(stack.endpoints.dynamodb.endpoint));
    const { Table } = await client.send(new DescribeTableCommand({ TableName: provisioned.aws.tableName }));
    client.destroy();
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    const indexes = (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName);
    expect(indexes.sort()).toEqual([...catalog.indexes.map(({ name }) => name), 'pending'].sort());
  });

  it('brings commands from the bus to the queue, and nothing else', async () => {
    const events = new EventBridgeClient(clientOptions(stack.endpoints.aws.endpoint));
    const queues = new SQSClient(clientOptions(stack.endpoints.aws.endpoint));
    const entry = { EventBusName: provisioned.aws.busName, Source: ApplyCustomerChange.source, Detail: '{}' };
    await events.send(
      new PutEventsCommand({
        Entries: [
          { ...entry, DetailType: 'SomethingElse' },
          { ...entry, DetailType: ApplyCustomerChange.detailType },
        ],
      }),
    );
    const receive = new ReceiveMessageCommand({
      QueueUrl: provisioned.aws.queueUrl,
      WaitTimeSeconds: 20,
      MaxNumberOfMessages: 10,
    });
    const { Messages = [] } = await queues.send(receive);
    events.destroy();
    queues.destroy();
    expect(Messages.map(({ Body }) => JSON.parse(Body as string)['detail-type'])).toEqual([
      ApplyCustomerChange.detailType,
    ]);
  });

  it('captures a change of the app with the epoch as plain text, keyed as the projector expects', async () => {
    const topic = `${provisioned.kafka.topicPrefix}shop.public.hybridge_inbox`;
    const kafka = new Kafka({ brokers: [...stack.endpoints.kafka.brokers], logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: 'provision-spec' });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const received = new Promise<KafkaMessage>((resolve) => {
      void consumer.run({ eachMessage: async ({ message }) => resolve(message) });
    });
    const app = new pg.Client(provisioned.sql.appUrl);
    await app.connect();
    await app.query(
      `INSERT INTO hybridge_inbox (change_id, view, pk, sk, outcome) VALUES ('c1', 'customers', 'c1#CUSTOMER#1', 'CUSTOMER', 'A')`,
    );
    await app.end();
    const message = await received;
    await consumer.disconnect();
    expect(JSON.parse(String(message.key))).toEqual({ pk: 'c1#CUSTOMER#1', sk: 'CUSTOMER' });
    expect(String(message.headers?.['hybridge-epoch'])).toBe('0');
    expect(JSON.parse(String(message.value))).toMatchObject({ op: 'c', after: { change_id: 'c1', outcome: 'A' } });
  });
});
