import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import { silentLogger } from '@hybridge/observability';
import { type QueueSource, createQueueSource, createSqsClient } from '@hybridge/source-sqs';

const MAX_RECEIVE_COUNT = 2;

describe('queue source on SQS', () => {
  let stack: LocalStack;
  let client: ReturnType<typeof createSqsClient>;
  const saved = { ...process.env };

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['aws'], ports: 'free' });
    process.env['AWS_ACCESS_KEY_ID'] = stack.endpoints.credentials.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = stack.endpoints.credentials.secretAccessKey;
    client = createSqsClient({ region: stack.endpoints.region, endpoint: stack.endpoints.aws.endpoint });
  });
  afterAll(async () => {
    client?.destroy();
    await stack?.stop();
    process.env = saved;
  });

  async function createQueues(name: string) {
    const dlq = await client.send(new CreateQueueCommand({ QueueName: `${name}-dlq` }));
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: dlq.QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const redrive = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: MAX_RECEIVE_COUNT };
    const queue = await client.send(
      new CreateQueueCommand({ QueueName: name, Attributes: { RedrivePolicy: JSON.stringify(redrive) } }),
    );
    return { queueUrl: queue.QueueUrl as string, dlqUrl: dlq.QueueUrl as string };
  }

  const send = (queueUrl: string, bodies: readonly string[]) =>
    client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: bodies.map((body, index) => ({ Id: String(index), MessageBody: body })),
      }),
    );

  const sourceOf = (queueUrl: string): QueueSource =>
    createQueueSource(client, { queueUrl, logger: silentLogger(), visibilitySeconds: 5, redeliveryBaseSeconds: 0 });

  it('deletes handled messages, and lets SQS move what keeps failing to the DLQ', async () => {
    const { queueUrl, dlqUrl } = await createQueues('redrive');
    await send(queueUrl, ['good 1', 'bad', 'good 2']);
    const seen: string[] = [];
    const stop = new AbortController();
    // another host in the queue URL must not matter: the given endpoint wins
    const elsewhere = queueUrl.replace('127.0.0.1', 'queue.invalid').replace('localhost', 'queue.invalid');
    const run = sourceOf(elsewhere).run(async (messages) => {
      seen.push(...messages.map((message) => message.body));
      return { failed: messages.filter((message) => message.body === 'bad').map((message) => message.id) };
    }, stop.signal);

    const dead = await firstMessage(dlqUrl);
    stop.abort();
    await run;
    expect(dead).toBe('bad');
    expect(seen.filter((body) => body === 'bad')).toHaveLength(MAX_RECEIVE_COUNT);
    expect(seen.filter((body) => body !== 'bad').sort()).toEqual(['good 1', 'good 2']);
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    });
  });

  async function firstMessage(queueUrl: string): Promise<string | undefined> {
    for (let attempt = 0; attempt < 10; attempt++) {
      const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 5 });
      const { Messages = [] } = await client.send(command);
      if (Messages[0] !== undefined) return Messages[0].Body;
    }
    return undefined;
  }
});
