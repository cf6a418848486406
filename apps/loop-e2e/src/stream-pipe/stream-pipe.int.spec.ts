import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Message } from '@hybridge/contracts';
import { customers } from '@hybridge/definitions';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import { type Attributes, NULL, number, text } from '@hybridge/protocol';
import { type StreamClients, createStreamClients } from '@hybridge/source-dynamodb-stream';
import { versionAt } from '@hybridge/testkit';
import { createCheckpointTable, createViewTable, setAttributes } from './view-table.ts';

/** Before 22.18 Node needs help to run TypeScript. */
const LOADER = process.features.typescript ? [] : ['--import', 'tsx'];
const MAIN = resolve(__dirname, '../../../stream-pipe/src/main.ts');
const TABLE = 'hybridge-views';
const CUSTOMERS = 8;

interface BusEvent {
  readonly 'detail-type': string;
  readonly source: string;
  readonly detail: Message<{ changed: string[] }>;
}

describe('the stream pipe as a process', () => {
  let stack: LocalStack;
  let clients: StreamClients;
  let bus: EventBridgeClient;
  let sqs: SQSClient;
  let queueUrl: string;
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    stack = await startStack({ ports: 'free', components: ['dynamodb', 'aws'] });
    process.env['AWS_ACCESS_KEY_ID'] = stack.endpoints.credentials.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = stack.endpoints.credentials.secretAccessKey;
    const region = stack.endpoints.region;
    clients = createStreamClients({ region, endpoint: stack.endpoints.dynamodb.endpoint });
    bus = new EventBridgeClient({ region, endpoint: stack.endpoints.aws.endpoint });
    sqs = new SQSClient({ region, endpoint: stack.endpoints.aws.endpoint });
    await createViewTable(clients.dynamodb, TABLE);
    await createCheckpointTable(clients.dynamodb, 'hybridge-stream-pipe-checkpoints');
    queueUrl = await createBusWithQueue();
  });

  afterAll(async () => {
    await Promise.all([...running].map((child) => end(child, 'SIGKILL')));
    clients?.destroy();
    bus?.destroy();
    sqs?.destroy();
    await stack?.stop();
  });

  async function createBusWithQueue(): Promise<string> {
    await bus.send(new CreateEventBusCommand({ Name: 'hybridge' }));
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'seen' }));
    const pattern = JSON.stringify({ source: [{ prefix: 'hybridge.' }] });
    await bus.send(new PutRuleCommand({ Name: 'all', EventBusName: 'hybridge', EventPattern: pattern }));
    const arn = `arn:aws:sqs:${stack.endpoints.region}:000000000000:seen`;
    await bus.send(
      new PutTargetsCommand({ Rule: 'all', EventBusName: 'hybridge', Targets: [{ Id: 'seen', Arn: arn }] }),
    );
    return QueueUrl;
  }

  function startPipe(): ChildProcess {
    const child = spawn(process.execPath, ['--conditions=@hybridge/source', ...LOADER, MAIN], {
      env: {
        ...process.env,
        STREAM_PIPE_DYNAMODB_ENDPOINT: stack.endpoints.dynamodb.endpoint,
        STREAM_PIPE_EVENTBRIDGE_ENDPOINT: stack.endpoints.aws.endpoint,
        STREAM_PIPE_AWS_REGION: stack.endpoints.region,
        STREAM_PIPE_PORT: '0',
        STREAM_PIPE_LOG_LEVEL: 'warn',
      },
      stdio: 'inherit',
    });
    running.add(child);
    return child;
  }

  async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    running.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }

  /** Reads the queue until `done`. */
  async function receive(events: BusEvent[], done: (events: readonly BusEvent[]) => boolean): Promise<void> {
    while (!done(events)) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      events.push(...Messages.map((message) => JSON.parse(message.Body ?? '') as BusEvent));
      if (Messages.length === 0) continue;
      const Entries = Messages.map((message, i) => ({ Id: String(i), ReceiptHandle: message.ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
  }

  const keyOf = (i: number) => ({ pk: `c1#CUSTOMER#${i}`, sk: 'CUSTOMER' });
  const empty: Attributes = Object.fromEntries(customers.attributeNames.map((name) => [name, NULL]));

  /** What the projector writes for the `n`th version of customer `i`. */
  const writeVersion = (i: number, n: number): Promise<void> =>
    setAttributes(clients.dynamodb, TABLE, keyOf(i), {
      ...empty,
      id: number(i),
      city: text(`city ${n}`),
      _st: text('L'),
      _v: text(versionAt(n)),
      _w: text(`w${n}`),
      _ct: number(Date.now()),
    });

  const versionsOf = (events: readonly BusEvent[], i: number): readonly (string | undefined)[] => [
    ...new Set(
      events
        .filter((event) => event['detail-type'] === 'CustomerChanged' && event.detail.metadata.key.pk === keyOf(i).pk)
        .map((event) => event.detail.metadata.itemVersion),
    ),
  ];
  const everyone = Array.from({ length: CUSTOMERS }, (_, i) => i + 1);
  const complete = (last: number) => (events: readonly BusEvent[]) =>
    everyone.every((i) => versionsOf(events, i).length >= last - 1);

  it('puts each change on the bus, over a kill in the middle and a polite restart', async () => {
    const events: BusEvent[] = [];
    const writeAll = async (from: number, to: number): Promise<void> => {
      for (let n = from; n <= to; n++) await Promise.all(everyone.map((i) => writeVersion(i, n)));
    };
    const killed = startPipe();
    const writing = writeAll(1, 12);
    await receive(events, (seen) => seen.length > 0);
    await end(killed, 'SIGKILL');
    await writing;

    const restarted = startPipe();
    await receive(events, complete(12));
    expect(await end(restarted, 'SIGTERM')).toBe(0);

    await writeAll(13, 15);
    const last = startPipe();
    await receive(events, complete(15));
    expect(await end(last, 'SIGTERM')).toBe(0);

    const expected = Array.from({ length: 14 }, (_, n) => versionAt(n + 2));
    for (const i of everyone) expect([...versionsOf(events, i)].sort()).toEqual(expected);
    expect(new Set(events.map((event) => event.detail.metadata.id)).size).toBe(CUSTOMERS * 14);
    expect(events[0]).toMatchObject({ source: 'hybridge.shop', detail: { data: { changed: ['city'] } } });
  });
});
