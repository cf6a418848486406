import { type Socket, connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Limits } from './limits.ts';
import { addressOf, ask } from './testing/ask.ts';
import { tokenOf } from './testing/local-tokens.ts';
import { createMemoryApi } from './testing/memory-api.ts';

const rows = { customers: ['42', '43'].map((id) => ({ id, credit_limit: '1', preferences: '{}' })) };
const servers: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((app) => app.close()));
});

function serve(limits: Partial<Limits>): FastifyInstance {
  const { app } = createMemoryApi({ rows, server: { limits } });
  servers.push(app);
  return app;
}

/** Everything the server says until it closes the connection. */
async function converse(app: FastifyInstance, text: string, also?: (socket: Socket) => void): Promise<string> {
  const { port } = new URL(await addressOf(app));
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(text);
  also?.(socket);
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk) => (answer += chunk));
  await new Promise((resolve) => socket.once('close', resolve).once('error', resolve));
  return answer;
}

function expectProblem(answer: string, status: number, code: string): void {
  expect(answer).toContain(`HTTP/1.1 ${status} `);
  expect(answer).toContain('content-type: application/problem+json');
  expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ status, code });
}

describe('rate limits', () => {
  it('count each caller apart, whatever the address', async () => {
    const app = serve({ callerPerMinute: 2, addressPerMinute: 100 });
    const read = (as: string) => ask(app, { url: `/views/customers/${as}`, as });
    expect([(await read('42')).statusCode, (await read('42')).statusCode]).toEqual([200, 200]);
    const refused = await read('42');
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'HYBRIDGE_API_RATE_LIMITED']);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(1);
    expect((await read('43')).statusCode).toBe(200);
  });

  it('count those without a valid token by address, so that tokens cannot be guessed', async () => {
    const app = serve({ callerPerMinute: 100, addressPerMinute: 3 });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) {
      const as = `x.${n}.y`;
      statuses.push((await ask(app, { url: '/views', as, headers: { 'x-forwarded-for': `10.0.0.${n}` } })).statusCode);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect((await ask(app, '/views/customers/42')).statusCode).toBe(200);
  });

  it('take the word of as many proxies on the address as there are', async () => {
    const app = serve({ addressPerMinute: 1, trustedProxies: 1 });
    const from = (forwarded: string) =>
      ask(app, { url: '/views', as: null, headers: { 'x-forwarded-for': forwarded } });
    expect((await from('10.0.0.1')).statusCode).toBe(200);
    expect((await from('10.0.0.2')).statusCode).toBe(200);
    expect((await from('192.0.2.1, 10.0.0.2')).statusCode).toBe(429); // what stands before was sent by the client
  });
});

describe('slow and oversized requests', () => {
  const quick = { headersMs: 200, requestMs: 300, checkMs: 50 };

  it('ends a body that does not arrive in time', async () => {
    const app = serve(quick);
    const head = `PATCH /views/customers/42 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${await tokenOf('42')}\r\n`;
    const slow = `${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{"city":`;
    expectProblem(await converse(app, slow), 408, 'HYBRIDGE_API_REQUEST_TIMEOUT');
  });

  it('ends headers that do not arrive in time, however many come', async () => {
    const app = serve(quick);
    let dripping: NodeJS.Timeout | undefined;
    const answer = await converse(app, 'GET /views HTTP/1.1\r\nhost: x\r\n', (socket) => {
      dripping = setInterval(() => socket.writable && socket.write('x-more: 1\r\n'), 20);
      socket.on('error', () => undefined).once('close', () => clearInterval(dripping));
    });
    clearInterval(dripping);
    expectProblem(answer, 408, 'HYBRIDGE_API_REQUEST_TIMEOUT');
  });

  it.each([
    [
      'large headers',
      `GET /views HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'HYBRIDGE_API_HEADERS_TOO_LARGE',
    ],
    [
      'a line break in a header',
      'GET /views HTTP/1.1\r\nhost: x\r\nauthorization: a\rb: c\r\n\r\n',
      400,
      'HYBRIDGE_API_REQUEST_INVALID',
    ],
    [
      'two lengths',
      'POST /views HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
      'HYBRIDGE_API_REQUEST_INVALID',
    ],
    [
      'a length and chunks',
      'POST /views HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'HYBRIDGE_API_REQUEST_INVALID',
    ],
    ['no HTTP', 'hello\r\n\r\n', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
  ])('refuses %s', async (_, text, status, code) => {
    expectProblem(await converse(serve({}), text), status, code);
  });
});
