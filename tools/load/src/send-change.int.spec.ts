import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendChange } from './send-change.ts';

/** Stands in for view-api: answers as the test says, and remembers the keys it was asked under. */
let api: Server;
const keys: (string | string[] | undefined)[] = [];
const answers: (readonly [status: number, body: object] | 'broken')[] = [];

beforeAll(async () => {
  api = createServer((request, response) => {
    keys.push(request.headers['idempotency-key']);
    const answer = answers.shift();
    if (answer === undefined || answer === 'broken') response.destroy();
    else response.writeHead(answer[0]).end(JSON.stringify(answer[1]));
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
});

afterAll(() => {
  api?.closeAllConnections();
  api?.close();
});

function send(repeatForMs: number, ...told: typeof answers): Promise<string | undefined> {
  keys.length = 0;
  answers.splice(0, answers.length, ...told);
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}/views/customers/1`;
  return sendChange({ url, set: { city: 'Goes' }, token: undefined }, { repeatForMs, onRepeat: () => undefined });
}

describe('a change sent to view-api', () => {
  it('is repeated under one key until somebody says what became of it', async () => {
    expect(await send(10_000, 'broken', [503, {}], [202, { changeId: 'c1' }])).toBe('c1');
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toBeDefined();
  });

  it('was accepted when a repeated request learns of its rejection, and not when it is refused', async () => {
    const rejected = { changeId: 'c2', code: 'HYBRIDGE_API_CHANGE_REJECTED' };
    expect(await send(10_000, 'broken', [409, rejected])).toBe('c2');
    expect(await send(10_000, [422, { code: 'ANOTHER', changeId: 'c3' }])).toBeUndefined();
  });

  it('fails at once, and has no key, unless told to repeat', async () => {
    await expect(send(0, 'broken')).rejects.toThrow();
    expect(keys).toEqual([undefined]);
  });
});
