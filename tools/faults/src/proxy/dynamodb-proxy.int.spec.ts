import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createRandom } from '@hybridge/load';
import { type DynamoDbProxy, createDynamoDbProxy } from './dynamodb-proxy.ts';

/** Stands in for DynamoDB: answers with the body it was sent. */
let backend: Server;
let proxy: DynamoDbProxy;
let arrived = 0;

beforeAll(async () => {
  backend = createServer((request, response) => {
    arrived++;
    void text(request).then((body) => response.setHeader('x-amz-crc32', '1').end(body));
  });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { port } = backend.address() as AddressInfo;
  proxy = await createDynamoDbProxy({ target: `http://127.0.0.1:${port}`, random: createRandom(1) });
});

afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]();
  backend?.closeAllConnections();
  backend?.close();
});

afterEach(() => proxy.disturb(undefined));

const call = (operation: string, body: object): Promise<Response> =>
  fetch(proxy.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
    body: JSON.stringify(body),
  });

describe('the proxy in front of DynamoDB', () => {
  it('lets everything pass until it is told otherwise', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => (await call('GetItem', { n })).json()),
    );
    expect(answers).toEqual(Array.from({ length: 50 }, (_, n) => ({ n })));
    expect(proxy.counts.size).toBe(0);
  });

  it('refuses, or breaks the connection before or after the call was carried out', async () => {
    proxy.disturb({ failPercent: 100, partialPercent: 0, maxLatencyMs: 0 });
    const before = arrived;
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () =>
        call('UpdateItem', {}).then(
          ({ status }) => status,
          () => 'broken',
        ),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set([400, 500, 'broken']));
    const { counts } = proxy;
    expect(outcomes.filter((one) => one === 'broken')).toHaveLength(
      (counts.get('answer-lost') ?? 0) + (counts.get('never-sent') ?? 0),
    );
    expect(arrived - before).toBe(counts.get('answer-lost'));
  });

  it('keeps back a part of a batch', async () => {
    proxy.disturb({ failPercent: 0, partialPercent: 100, maxLatencyMs: 0 });
    const answer = (await (await call('BatchWriteItem', { RequestItems: { t: [1, 2, 3, 4] } })).json()) as {
      RequestItems: { t: number[] };
      UnprocessedItems: { t: number[] };
    };
    expect([...answer.RequestItems.t, ...answer.UnprocessedItems.t].toSorted()).toEqual([1, 2, 3, 4]);
    expect(answer.UnprocessedItems.t.length).toBeGreaterThan(0);
  });
});
