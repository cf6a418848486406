import type { SQSClient } from '@aws-sdk/client-sqs';
import { createQueueCalls } from './queue-calls.ts';
import type { Receipt } from './queue-message.ts';

type Command = { readonly constructor: { readonly name: string }; readonly input: Record<string, unknown> };
type Entry = { readonly Id: string; readonly ReceiptHandle: string; readonly VisibilityTimeout?: number };

/** A client that answers each call with the next of its answers, and remembers what it was sent. */
function clientOf(...answers: unknown[]) {
  const sent: Command[] = [];
  const client = {
    send: (command: Command) => {
      sent.push(command);
      const answer = answers.shift() ?? {};
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  const entries = () => sent.map((command) => command.input['Entries'] as Entry[]);
  return { calls: createQueueCalls(client as unknown as SQSClient, 'http://queue'), sent, entries };
}

const receipt = (id: string): Receipt => ({
  message: { id, body: '', receiveCount: 1, sentAt: 0 },
  handle: `handle ${id}`,
});
const receipts = (count: number) => Array.from({ length: count }, (_, index) => receipt(String(index)));

describe('queue calls', () => {
  it('polls long, for as many messages as SQS gives', async () => {
    const { calls, sent } = clientOf({
      Messages: [
        {
          MessageId: 'a',
          ReceiptHandle: 'h',
          Body: 'text',
          Attributes: { ApproximateReceiveCount: '3', SentTimestamp: '42' },
        },
      ],
    });
    expect(await calls.receive(30, new AbortController().signal)).toEqual([
      { message: { id: 'a', body: 'text', receiveCount: 3, sentAt: 42 }, handle: 'h' },
    ]);
    expect(sent[0]?.input).toMatchObject({ MaxNumberOfMessages: 10, WaitTimeSeconds: 20, VisibilityTimeout: 30 });
  });

  it('deletes ten a call', async () => {
    const { calls, entries } = clientOf();
    expect(await calls.remove(receipts(23))).toEqual([]);
    expect(entries().map((batch) => batch.length)).toEqual([10, 10, 3]);
  });

  it('sends again only what failed', async () => {
    const { calls, entries } = clientOf({ Failed: [{ Id: '1', SenderFault: false }] }, {});
    expect(await calls.remove(receipts(3))).toEqual([]);
    expect(entries().map((batch) => batch.map((entry) => entry.ReceiptHandle))).toEqual([
      ['handle 0', 'handle 1', 'handle 2'],
      ['handle 1'],
    ]);
  });

  it('gives up entries that are the sender’s fault, and names them', async () => {
    const { calls, sent } = clientOf({ Failed: [{ Id: '2', SenderFault: true }] });
    expect(await calls.remove(receipts(3))).toEqual([receipt('2')]);
    expect(sent).toHaveLength(1);
  });

  it('tries a whole batch again when the queue does not answer, and names it when it never does', async () => {
    const failure = Object.assign(new Error('down'), { $metadata: { httpStatusCode: 503 } });
    const once = clientOf(failure);
    expect(await once.calls.remove(receipts(1))).toEqual([]);
    const never = clientOf(failure, failure, failure, failure, failure);
    expect(await never.calls.remove(receipts(1))).toEqual([receipt('0')]);
  });

  it('gives each message its own visibility', async () => {
    const { calls, entries } = clientOf();
    await calls.keepInvisible(receipts(2), ({ message }) => 10 + Number(message.id));
    expect(entries()[0]?.map((entry) => entry.VisibilityTimeout)).toEqual([10, 11]);
  });

  it.each([
    ['AccessDenied', 403, 'permanent'],
    ['QueueDoesNotExist', 400, 'permanent'],
    ['ThrottlingException', 400, 'transient'],
    ['InternalFailure', 500, 'transient'],
    ['TimeoutError', undefined, 'transient'],
  ])('classes %s (%s) as %s', async (name, httpStatusCode, retry) => {
    const { calls } = clientOf(Object.assign(new Error('x'), { name, $metadata: { httpStatusCode } }));
    await expect(calls.receive(1, new AbortController().signal)).rejects.toMatchObject({
      name: 'QueueSourceError',
      retry,
    });
  });
});
