import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { createDynamoDbClient } from '@hybridge/reader-dynamodb';
import { MAX_CLOCK_SKEW_MS, guardPuts } from './guarded-client.ts';

const command = () => new BatchWriteItemCommand({ RequestItems: { views: [] } });

/** A server that answers everything with `{}`. */
async function setUp(mayPut: () => boolean, now?: () => number) {
  let requests = 0;
  let date: string | undefined;
  const server = createServer((request, response) => {
    requests++;
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', ...(date && { date }) });
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = guardPuts(
    createDynamoDbClient({
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      maxAttempts: 1,
    }),
    mayPut,
    now,
  );
  return {
    client,
    requests: () => requests,
    answerDate: (at: number) => void (date = new Date(at).toUTCString()),
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('a client that asks before each put', () => {
  it('sends while it may', async () => {
    let may = true;
    await using guarded = await setUp(() => may);
    await guarded.client.send(command());
    may = false;
    await expect(guarded.client.send(command())).rejects.toMatchObject({ code: 'HYBRIDGE_SINK_PUTS_FORBIDDEN' });
    expect(guarded.requests()).toBe(1);
  });

  it('asks after the request was signed', async () => {
    let isSigned: boolean | undefined;
    await using guarded = await setUp(() => isSigned === true);
    guarded.client.middlewareStack.add(
      (next) => async (call) => {
        isSigned = 'authorization' in (call.request as { headers: object }).headers;
        return next(call);
      },
      { step: 'deserialize', priority: 'normal' }, // right before it
    );
    await guarded.client.send(command());
    expect(isSigned).toBe(true);
  });

  it('does not send what was signed by another clock than ours', async () => {
    await using guarded = await setUp(
      () => true,
      () => Date.now() + MAX_CLOCK_SKEW_MS + 5_000,
    );
    await expect(guarded.client.send(command())).rejects.toThrow(/clock/);
    expect(guarded.requests()).toBe(0);
  });

  it('sends nothing more once the service tells another time', async () => {
    await using guarded = await setUp(() => true);
    guarded.answerDate(Date.now() - MAX_CLOCK_SKEW_MS - 5_000);
    await guarded.client.send(command());
    await expect(guarded.client.send(command())).rejects.toThrow(/clock/);
    expect(guarded.requests()).toBe(1);
  });
});
