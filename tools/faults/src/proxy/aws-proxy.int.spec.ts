import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createRandom } from '@hybridge/load';
import { type AwsProxy, createAwsProxy } from './aws-proxy.ts';

interface Entry {
  readonly Id: string;
}

/** Stands in for the emulator: accepts every event, hands out three messages, deletes what it is told to. */
let backend: Server;
let proxy: AwsProxy;
const deleted: string[] = [];

const answers: Readonly<Record<string, (body: { Entries: Entry[] }) => object>> = {
  PutEvents: ({ Entries }) => ({ FailedEntryCount: 0, Entries: Entries.map((_, i) => ({ EventId: `e${i}` })) }),
  ReceiveMessage: () => ({ Messages: ['a', 'b', 'c'].map((id) => ({ MessageId: id, ReceiptHandle: id, Body: id })) }),
  DeleteMessageBatch: ({ Entries }) => {
    deleted.push(...Entries.map(({ Id }) => Id));
    return { Successful: Entries.map(({ Id }) => ({ Id })) };
  },
};

beforeAll(async () => {
  backend = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] as string;
    void text(request).then((body) => response.end(JSON.stringify(answers[operation]?.(JSON.parse(body)))));
  });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { port } = backend.address() as AddressInfo;
  proxy = await createAwsProxy({ target: `http://127.0.0.1:${port}`, random: createRandom(1) });
});

afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]();
  backend?.closeAllConnections();
  backend?.close();
});

const call = async (target: string, body: object): Promise<Record<string, never[]>> => {
  const headers = { 'x-amz-target': target };
  const response = await fetch(proxy.endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, never[]>;
};

const outcomeOf = (changeId: string, DetailType = 'CustomerChangeApplied') => ({
  DetailType,
  Detail: JSON.stringify({ metadata: {}, data: { changeId } }),
});

describe('the proxy in front of EventBridge and SQS', () => {
  it('notes which outcomes the bus accepted, and only those', async () => {
    const entries = [outcomeOf('1'), outcomeOf('2', 'CustomerChangeRejected'), { DetailType: 'Other', Detail: '{}' }];
    await call('AWSEvents.PutEvents', { Entries: entries });
    expect(Object.fromEntries(proxy.announced)).toEqual({ 1: new Set(['A']), 2: new Set(['R']) });

    proxy.bus.disturb({ failPercent: 0, partialPercent: 100, maxLatencyMs: 0 });
    const sent = Array.from({ length: 20 }, (_, i) => outcomeOf(`part ${i}`));
    const { Entries = [] } = await call('AWSEvents.PutEvents', { Entries: sent });
    proxy.bus.disturb(undefined);
    const accepted = Entries.map((entry, i) => ('EventId' in entry ? [`part ${i}`] : [])).flat();
    expect(accepted.length).toBeGreaterThan(0);
    expect([...proxy.announced.keys()].slice(2)).toEqual(accepted);
  });

  it('hands out and deletes the messages its owner chooses', async () => {
    proxy.disturbQueue({
      onReceive: (messages) => messages.filter(({ Body }) => Body !== 'b').toReversed(),
      onDelete: (handle) => handle !== 'a',
    });
    const { Messages = [] } = await call('AmazonSQS.ReceiveMessage', {});
    expect(Messages.map(({ Body }) => Body)).toEqual(['c', 'a']);
    const Entries = ['a', 'c'].map((id) => ({ Id: id, ReceiptHandle: id }));
    const { Successful = [] } = await call('AmazonSQS.DeleteMessageBatch', { Entries });
    expect(Successful.map(({ Id }) => Id)).toEqual(['a', 'c']);
    expect(deleted.splice(0)).toEqual(['c']);
    proxy.disturbQueue(undefined);
    const untouched = await call('AmazonSQS.ReceiveMessage', {});
    expect(untouched['Messages']).toHaveLength(3);
  });
});
