import { catalog } from '@hybridge/definitions';
import { Meta, carryOut, decideSettle, text } from '@hybridge/protocol';
import type { Hybridge } from '@hybridge/sdk';
import { settleSignal } from '@hybridge/testkit';
import { keyOfRow, shapeOf } from '@hybridge/views';
import type { FastifyInstance } from 'fastify';
import type { Limits } from '../limits.ts';
import { addressOf, ask, headersOf } from '../testing/ask.ts';
import { tokenOf } from '../testing/local-tokens.ts';
import { createMemoryApi, rowOf } from '../testing/memory-api.ts';

const customers = catalog.byName('customers');
const orders = catalog.byName('orders');
const ada = { id: '42', credit_limit: '500', preferences: '{}' };
const order = { id: '7', customer_id: '42', note: null };
const adaKey = keyOfRow(customers, rowOf(customers, ada));
const orderKey = keyOfRow(orders, rowOf(orders, order));
const url = '/views/customers/42/events';
const json = { 'content-type': 'application/json' };

const servers: FastifyInstance[] = [];
const readers: AbortController[] = [];
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.abort();
  await Promise.all(servers.splice(0).map((app) => app.close()));
});

function setUp(limits: Partial<Limits> = {}) {
  const seen = { gets: 0 };
  const api = createMemoryApi({
    rows: { customers: [ada], orders: [order] },
    server: { limits: { pollMs: 5, idlePollMs: 10, ...limits } },
    observe: (hybridge: Hybridge) => {
      const { get } = hybridge;
      return Object.assign(hybridge, {
        get: (...args: Parameters<typeof get>) => {
          seen.gets++;
          return get(...args);
        },
      });
    },
  });
  servers.push(api.app);
  const settle = (id: string, out: 'A' | 'R') =>
    carryOut(api.store, adaKey, (item) =>
      decideSettle(
        settleSignal({
          key: adaKey,
          shape: shapeOf(customers),
          outcome: { id, out, at: 5, ...(out === 'R' ? { code: 'UNIQUE', message: 'taken' } : {}) },
        }),
        api.context,
        item,
      ),
    );
  const patch = async () =>
    (
      await ask(api.app, {
        method: 'PATCH',
        url: '/views/customers/42',
        payload: '{"city":"Delft"}',
        headers: json,
      })
    ).json();
  return {
    ...api,
    seen,
    settle,
    patch,
    open: (request: Partial<Parameters<typeof ask>[1] & object> = {}) => open(api.app, request),
  };
}

/** An open stream, read block by block. */
async function open(app: FastifyInstance, request: object) {
  const reading = new AbortController();
  readers.push(reading);
  const headers = await headersOf({ url, ...request });
  const address = `${await addressOf(app)}${'url' in request ? String(request.url) : url}`;
  const response = await fetch(address, { headers, signal: reading.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  const next = async (): Promise<string | undefined> => {
    for (;;) {
      const end = buffer.indexOf('\n\n');
      if (end >= 0) {
        const block = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        return block;
      }
      const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
      if (done) return undefined;
      buffer += value;
    }
  };
  /** The next event that is no comment and no setting. */
  const event = async () => {
    for (;;) {
      const block = await next();
      if (block === undefined) return undefined;
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: ?(.*)/s).slice(0, 2)));
      if (fields['event'] !== undefined) return { ...fields, data: JSON.parse(fields['data']) };
    }
  };
  return { response, next, event, close: () => reading.abort() };
}

describe('GET /views/{view}/{key}/events', () => {
  it('tells of the document, of each change of it and of what became of changes', async () => {
    const { open, patch, settle } = setUp();
    const stream = await open();
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const first = await stream.event();
    expect(first).toMatchObject({
      event: 'item',
      id: expect.any(String),
      data: { document: { id: '42' }, pending: [] },
    });
    expect(first?.data.document).not.toHaveProperty('creditLimit');

    const { changeId } = await patch();
    expect(await stream.event()).toMatchObject({
      event: 'item',
      data: { document: { city: 'Delft' }, pending: [changeId] },
    });
    await settle(changeId, 'R');
    expect(await stream.event()).toMatchObject({
      event: 'outcome',
      data: { changeId, status: 'rejected', code: 'UNIQUE', message: 'taken' },
    });
    expect(await stream.event()).toMatchObject({ event: 'item', data: { document: { city: 'city' }, pending: [] } });
  });

  it('goes on behind the last event a client has', async () => {
    const { open, patch } = setUp();
    const id = String((await (await open()).event())?.['id']);
    const again = await open({ headers: { 'last-event-id': id } });
    await patch();
    expect(await again.event()).toMatchObject({ data: { document: { city: 'Delft' } } });
    const late = await open({ headers: { 'last-event-id': id } });
    expect(await late.event()).toMatchObject({ data: { document: { city: 'Delft' } } });
  });

  it('reads a document once for all who watch it, and not at all when nobody does', async () => {
    const { app, open, seen } = setUp({ pollMs: 20, idlePollMs: 20, streamsPerCaller: 20 });
    await addressOf(app);
    const streams = await Promise.all(Array.from({ length: 10 }, () => open()));
    await Promise.all(streams.map(({ event }) => event()));
    const before = seen.gets;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(seen.gets - before).toBeLessThan(20);
    for (const { close } of streams) close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const after = seen.gets;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen.gets).toBe(after);
  });

  it('ends when the token expires', async () => {
    const { open } = setUp();
    const as = await tokenOf('42', { exp: Math.floor(Date.now() / 1000) + 1 });
    const stream = await open({ as });
    expect(await stream.event()).toMatchObject({ event: 'item' });
    expect(await stream.event()).toMatchObject({ event: 'end', data: { reason: 'connect again' } });
    expect(await stream.event()).toBeUndefined();
  });

  it("ends when the document is no longer the caller's, and shows nothing of it", async () => {
    const { open, store } = setUp();
    const stream = await open({ url: '/views/orders/7/events' });
    expect(await stream.event()).toMatchObject({ event: 'item', data: { document: { customerId: '42' } } });
    const item = store.peek(orderKey);
    store.put({ ...item, customerId: { N: '43' }, [Meta.nonce]: text('changed hands') } as NonNullable<typeof item>);
    expect(await stream.event()).toMatchObject({ event: 'end', data: { reason: 'no longer yours' } });
    expect(await stream.event()).toBeUndefined();
  });

  it('ends when the server stops', async () => {
    const { app, open } = setUp();
    const stream = await open();
    expect(await stream.event()).toMatchObject({ event: 'item' });
    const closed = app.close();
    expect(await stream.event()).toMatchObject({ event: 'end', data: { reason: 'the server stops' } });
    await closed;
  });

  it('sends comments while nothing happens', async () => {
    const { open } = setUp({ heartbeatMs: 5 });
    const stream = await open();
    await stream.event();
    expect(await stream.next()).toBe(':');
  });

  it('takes so many streams of one caller, and of all', async () => {
    const { app, open } = setUp({ streamsPerCaller: 1, streams: 2 });
    const first = await open();
    expect(first.response.status).toBe(200);
    expect((await ask(app, url)).statusCode).toBe(429);
    const other = { as: '99', scope: 'staff' };
    const second = await open(other);
    expect(second.response.status).toBe(200);
    const third = await ask(app, { url, as: '98', scope: 'staff' });
    expect([third.statusCode, third.json().code]).toEqual([503, 'HYBRIDGE_API_TOO_MANY_STREAMS']);
    expect(third.headers['retry-after']).toBe('1');
    first.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await open()).response.status).toBe(200);
  });

  it('is not opened for what is not there', async () => {
    const { app } = setUp();
    expect((await ask(app, { url: '/views/customers/43/events', as: '43' })).statusCode).toBe(404);
  });
});
