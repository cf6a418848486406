import { catalog } from '@hybridge/definitions';
import { Meta, text } from '@hybridge/protocol';
import type { Hybridge } from '@hybridge/sdk';
import { type AnyView, createCatalog, keyOfRow } from '@hybridge/views';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type Answer, type Ask, ask } from './testing/ask.ts';
import { tokenOf } from './testing/local-tokens.ts';
import { type MemoryApiOptions, createMemoryApi, rowOf } from './testing/memory-api.ts';

/** 42 and 43 are customers with an address and an order each; 42 attacks, 43 is attacked. */
const rows = {
  customers: [customer('42'), customer('43')],
  addresses: [address('42'), address('43')],
  orders: [order('7', '42'), order('8', '43')],
  notes: [order('7', '42'), order('8', '43')],
};
const json = { 'content-type': 'application/json' };
const NEW_ADDRESS = '{"street":"s","postalCode":"p","city":"c","country":"NL"}';

/** Orders once more, with everything allowed to their owners, and notes for the shop's people only. */
const notes = {
  ...catalog.byName('orders'),
  name: 'notes',
  key: { pk: ['n1', 'NOTE', { column: 'id' }], sk: ['NOTE'] },
  indexes: {},
  changes: {
    ...catalog.byName('orders').changes,
    allow: ['note', 'status', 'customerId', 'reference', 'total', 'placedAt'],
    insert: true,
    delete: true,
  },
  access: {
    owner: { attribute: 'customerId' },
    read: ['owner', { scope: 'staff' }],
    insert: ['owner'],
    update: ['owner', { scope: 'staff' }],
    delete: ['owner'],
    fields: { status: { change: [{ scope: 'staff' }] }, total: { read: [{ role: 'clerk' }] } },
  },
} as unknown as AnyView;

const product = {
  id: '1',
  list_price: '1',
  in_stock: '1',
  weight_kg: null,
  discontinued: 'f',
  attributes: '{}',
  thumbnail: null,
};

function customer(id: string) {
  return { id, full_name: `name ${id}`, credit_limit: '500', preferences: '{}' };
}
function address(customerId: string) {
  return { customer_id: customerId, label: 'home', city: `city ${customerId}` };
}
function order(id: string, customerId: string) {
  return { id, customer_id: customerId, status: 'placed', note: null };
}

const servers: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((app) => app.close()));
});

function setUp(options: MemoryApiOptions = {}) {
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const api = createMemoryApi({
    rows,
    catalog: createCatalog([...catalog.views, notes]),
    ...options,
    server: { logger, ...options.server },
  });
  servers.push(api.app);
  return { ...api, log, ask: (request: Ask | string) => ask(api.app, request) };
}

/** What the view table says of rows; the marker that it is served is none. */
const itemsOf = ({ store }: Pick<ReturnType<typeof setUp>, 'store'>) =>
  JSON.stringify(store.items().filter(({ pk }) => !JSON.stringify(pk).includes('C#')));

const pendingOf = ({ store }: Pick<ReturnType<typeof setUp>, 'store'>) => store.pendingItems();

function expectRefusal(answer: Answer, status: number, code: string): Record<string, unknown> {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = answer.json();
  expect([answer.statusCode, problem.code]).toEqual([status, code]);
  return problem;
}

const auditOf = (log: readonly string[]) =>
  log.map((line) => JSON.parse(line)).filter(({ audit }) => audit === 'refused');

describe("another customer's item", () => {
  const attacks: readonly (readonly [string, Ask])[] = [
    ['is not read', { url: '/views/customers/43' }],
    ['is not read by ETag', { url: '/views/customers/43', headers: { 'if-none-match': '*' } }],
    ['is not read where only the document says whose it is', { url: '/views/orders/8' }],
    ['is not read consistently', { url: '/views/orders/8?consistent=true' }],
    ['is not changed', { method: 'PATCH', url: '/views/customers/43', payload: '{"city":"x"}' }],
    ['is not changed, order', { method: 'PATCH', url: '/views/orders/8', payload: '{"note":"x"}' }],
    ['is not deleted', { method: 'DELETE', url: '/views/addresses/43,home' }],
    ['is not deleted where the document says', { method: 'DELETE', url: '/views/notes/8' }],
    ['is not inserted', { method: 'PUT', url: '/views/addresses/43,new', payload: NEW_ADDRESS }],
    ['is not watched', { url: '/views/customers/43/events' }],
    ['is not watched, order', { url: '/views/orders/8/events' }],
    ['does not tell of its changes', { url: '/views/customers/43/changes/x' }],
    ['does not tell of its changes, order', { url: '/views/orders/8/changes/x' }],
  ];

  it.each(attacks)('%s', async (_, request) => {
    const api = setUp();
    const answer = await api.ask({
      ...request,
      headers: { ...request.headers, ...(request.payload === undefined ? {} : json) },
    });
    expectRefusal(answer, 404, 'HYBRIDGE_API_NOT_FOUND');
    expect(pendingOf(api)).toEqual([]);
    expect(auditOf(api.log)).toEqual([
      expect.objectContaining({
        subject: '42',
        method: request.method ?? 'GET',
        url: request.url,
        reason: 'not the owner',
      }),
    ]);
  });

  it('looks exactly like one that is not there', async () => {
    const { ask } = setUp();
    const answers = await Promise.all(
      ['/views/orders/8', '/views/orders/9', '/views/customers/43'].map((url) => ask(url)),
    );
    const shapes = answers.map((answer) => {
      const { requestId: _, ...problem } = answer.json();
      const { 'x-request-id': __, date: ___, ...headers } = answer.headers;
      const number = /\b[3-9]+3?\b/g;
      return JSON.stringify([problem, Object.keys(headers).sort()])
        .replaceAll('customers', 'orders')
        .replace(number, 'N');
    });
    expect(new Set(shapes).size).toBe(1);
  });

  it('is read by staff, and not changed by them', async () => {
    const api = setUp();
    const staff = { as: '99', scope: 'read staff' };
    expect((await api.ask({ url: '/views/customers/43', ...staff })).json().creditLimit).toBe('500');
    expect((await api.ask({ url: '/views/orders/8', ...staff })).statusCode).toBe(200);
    const change = { method: 'PATCH', url: '/views/customers/43', payload: '{"city":"x"}', headers: json };
    expectRefusal(await api.ask({ ...change, ...staff }), 404, 'HYBRIDGE_API_NOT_FOUND');
    expect(pendingOf(api)).toEqual([]);
  });

  it('does not become the own one by another way to write the number', async () => {
    const { ask } = setUp();
    expectRefusal(await ask({ url: '/views/customers/42', as: '042' }), 404, 'HYBRIDGE_API_NOT_FOUND');
    expectRefusal(await ask({ url: '/views/customers/42', as: '42 ' }), 404, 'HYBRIDGE_API_NOT_FOUND');
    expect((await ask('/views/customers/042')).json().id).toBe('42');
  });
});

describe('the own item', () => {
  it('is read and changed, also where only the document says whose it is', async () => {
    const api = setUp();
    expect((await api.ask('/views/orders/7')).json()).toMatchObject({ customerId: '42' });
    const change = { method: 'PATCH', url: '/views/orders/7', payload: '{"note":"please ring"}', headers: json };
    expect((await api.ask(change)).json().document.note).toBe('please ring');
    expect((await api.ask({ method: 'DELETE', url: '/views/notes/7' })).statusCode).toBe(202);
    expect(JSON.stringify(pendingOf(api))).toContain('customer:42');
  });

  it('keeps to the version the client asks for', async () => {
    const { ask } = setUp();
    const change = { method: 'PATCH', url: '/views/orders/7', payload: '{"note":"x"}' };
    const answer = await ask({ ...change, headers: { ...json, 'if-match': '"other"' } });
    expectRefusal(answer, 412, 'HYBRIDGE_SDK_PRECONDITION_FAILED');
  });

  it('is not changed any more once it changes hands between the look and the change', async () => {
    const orders = catalog.byName('orders');
    const key = keyOfRow(orders, rowOf(orders, order('7', '42')));
    let looks = 0;
    const api = setUp({
      observe: (hybridge: Hybridge) => {
        const { get } = hybridge;
        return Object.assign(hybridge, {
          get: async (...args: Parameters<typeof get>) => {
            const found = await get(...args);
            const item = api.store.peek(key);
            if (item !== undefined && looks++ === 0) {
              api.store.put({ ...item, customerId: { N: '43' }, [Meta.nonce]: text('changed hands') } as typeof item);
            }
            return found;
          },
        });
      },
    });
    const answer = await api.ask({
      method: 'PATCH',
      url: '/views/orders/7',
      payload: '{"note":"mine"}',
      headers: json,
    });
    expectRefusal(answer, 404, 'HYBRIDGE_API_NOT_FOUND');
    expect(looks).toBeGreaterThan(1);
    expect(pendingOf(api)).toEqual([]);
  });

  it('is changed although it changes for other reasons between the look and the change', async () => {
    const orders = catalog.byName('orders');
    const key = keyOfRow(orders, rowOf(orders, order('7', '42')));
    let looks = 0;
    const api = setUp({
      observe: (hybridge: Hybridge) => {
        const { get } = hybridge;
        return Object.assign(hybridge, {
          get: async (...args: Parameters<typeof get>) => {
            const found = await get(...args);
            const item = api.store.peek(key);
            if (item !== undefined && looks++ < 2)
              api.store.put({ ...item, [Meta.nonce]: text(`new ${looks}`) } as typeof item);
            return found;
          },
        });
      },
    });
    const change = { method: 'PATCH', url: '/views/orders/7', payload: '{"note":"mine"}', headers: json };
    expect((await api.ask(change)).statusCode).toBe(202);
    expect(looks).toBe(3);
  });

  it('cannot be given away, nor inserted for others', async () => {
    const api = setUp();
    const values =
      '{"reference":"00000000-0000-4000-8000-000000000001","status":"s","total":"1","placedAt":"2026-01-01T00:00:00Z"';
    const give = { method: 'PATCH', url: '/views/notes/7', payload: '{"customerId":"43"}', headers: json };
    expectRefusal(await api.ask(give), 403, 'HYBRIDGE_API_FORBIDDEN');
    const insert = (owner: string) =>
      api.ask({
        method: 'PUT',
        url: '/views/notes/55',
        payload: `${values}${owner}}`.replace('"status":"s",', ''),
        headers: json,
      });
    expectRefusal(await insert(',"customerId":"43"'), 403, 'HYBRIDGE_API_FORBIDDEN');
    expectRefusal(await insert(',"customerId":["42"]'), 403, 'HYBRIDGE_API_FORBIDDEN');
    expect(pendingOf(api)).toEqual([]);
  });
});

describe('attributes', () => {
  it('that only staff may see are left out everywhere', async () => {
    const { ask } = setUp();
    expect((await ask('/views/customers/42')).json()).not.toHaveProperty('creditLimit');
    const change = { method: 'PATCH', url: '/views/customers/42', payload: '{"city":"x"}', headers: json };
    expect((await ask(change)).json().document).not.toHaveProperty('creditLimit');
    expect((await ask({ url: '/views/customers/42', scope: 'staff' })).json()).toHaveProperty('creditLimit');
    expect((await ask('/views/notes/7')).json()).not.toHaveProperty('total');
    const clerk = await tokenOf('42', { roles: ['clerk'] });
    expect((await ask({ url: '/views/notes/7', as: clerk })).json()).toHaveProperty('total');
  });

  it('outside the allow-list, and those for staff, are not changed by customers', async () => {
    const api = setUp();
    const patch = (url: string, payload: string, scope?: string) =>
      api.ask({ method: 'PATCH', url, payload, headers: json, ...(scope === undefined ? {} : { scope }) });
    expectRefusal(
      await patch('/views/customers/42', '{"city":"x","creditLimit":"9"}'),
      403,
      'HYBRIDGE_SDK_NOT_ALLOWED',
    );
    expectRefusal(await patch('/views/customers/42', '{"id":"43"}'), 403, 'HYBRIDGE_SDK_NOT_ALLOWED');
    expectRefusal(await patch('/views/notes/7', '{"note":"x","status":"paid"}'), 403, 'HYBRIDGE_API_FORBIDDEN');
    expect(pendingOf(api)).toEqual([]);
    expect((await patch('/views/notes/7', '{"status":"paid"}', 'staff')).statusCode).toBe(202);
  });
});

describe('without a token', () => {
  it.each(['/views/customers/42', '/views/orders/7', '/views/customers/42/events', '/views/customers/42/changes/x'])(
    'GET %s asks for one',
    async (url) => {
      const answer = await setUp().ask({ url, as: null });
      expectRefusal(answer, 401, 'HYBRIDGE_API_TOKEN_MISSING');
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    },
  );

  it('everybody reads what is public, and nobody learns whether other things exist', async () => {
    const { ask } = setUp({ rows: { products: [product] } });
    expect((await ask({ url: '/views/products/1', as: null })).statusCode).toBe(200);
    expect((await ask({ url: '/views', as: null })).statusCode).toBe(200);
    expect((await ask({ url: '/views/orders/8', as: null })).statusCode).toBe(401);
    expect((await ask({ url: '/views/orders/777', as: null })).statusCode).toBe(401);
  });
});

describe('malformed input', () => {
  const long = 'x'.repeat(3_000);
  it.each([
    ['a separator of items', '/views/addresses/42,home%23ADDRESS%23x'],
    ['a bar', '/views/addresses/42,%7C43'],
    ['an encoded comma', '/views/addresses/42%2C43,home'],
    ['a comma too many', '/views/addresses/42,43,home'],
    ['an encoded slash', '/views/addresses/42,..%2F..%2F43,home'],
    ['dots', '/views/addresses/42,../43,home'],
    ['U+0000', '/views/addresses/42,%00'],
    ['a fullwidth digit', `/views/customers/${encodeURIComponent('４３')}`],
    ['a sign', '/views/customers/+43'],
    ['white space', '/views/customers/%2043'],
    ['an exponent', '/views/customers/43e0'],
    ['a very long part', `/views/addresses/42,${long}`],
    ['a longer one', `/views/addresses/42,${long.repeat(3)}`],
    ['an overlong encoding', '/views/addresses/42,%C0%AF'],
    ['half a surrogate', '/views/addresses/42,%ED%A0%80'],
    ['nothing', '/views/addresses/42,'],
    ['a prototype', '/views/__proto__/42'],
    ['a member of objects', '/views/constructor/42'],
  ])('%s in a key reaches nothing of others', async (_, url) => {
    const api = setUp();
    const read = await api.ask(url);
    expect([400, 404, 414]).toContain(read.statusCode);
    expect(read.body).not.toContain('city 43');
    const write = await api.ask({ method: 'PATCH', url, payload: '{"city":"x"}', headers: json });
    expect([400, 404, 405, 414]).toContain(write.statusCode);
    expect(itemsOf(api)).not.toContain('43#');
    expect(pendingOf(api)).toEqual([]);
  });

  it.each([
    ['a body of another kind', '"x"', 400],
    ['an array', '[{"city":"x"}]', 400],
    ['a prototype at the top', '{"__proto__":{"creditLimit":"9"},"city":"x"}', 400],
    ['an escaped prototype', '{"\\u005f_proto__":{"admin":true},"city":"x"}', 400],
    ['a prototype inside', '{"preferences":{"a":[{"constructor":{"prototype":{"admin":true}}}]}}', 400],
    ['deep nesting', `{"preferences":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`, 400],
    ['very deep nesting', `{"preferences":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400],
    ['half a surrogate', '{"city":"\\ud800"}', 422],
    ['U+0000', '{"city":"a\\u0000b"}', 422],
    ['a huge number', '{"preferences":1e999999999}', 422],
    ['two values', '{"city":"x"}{"city":"y"}', 400],
    ['too much', JSON.stringify({ city: 'x'.repeat(300_000) }), 413],
  ])('%s as a body is refused', async (_, payload, status) => {
    const api = setUp();
    const answer = await api.ask({ method: 'PATCH', url: '/views/customers/42', payload, headers: json });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(pendingOf(api)).toEqual([]);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it.each([
    ['Idempotency-Key', 'x'.repeat(201)],
    ['If-Match', '"a", "b"'],
    ['content-type', 'application/x-www-form-urlencoded'],
  ])('%s: a header that does not fit is refused', async (name, value) => {
    const api = setUp();
    const headers = { ...json, [name.toLowerCase()]: value };
    const answer = await api.ask({ method: 'PATCH', url: '/views/customers/42', payload: '{"city":"x"}', headers });
    expect([400, 415]).toContain(answer.statusCode);
    expect(pendingOf(api)).toEqual([]);
  });

  it('takes no name from a header', async () => {
    const api = setUp();
    const headers = { ...json, 'x-customer': '43', 'x-forwarded-user': '43' };
    const change = { method: 'PATCH', url: '/views/customers/42', payload: '{"city":"x"}', headers };
    expect((await api.ask(change)).statusCode).toBe(202);
    expect(JSON.stringify(pendingOf(api))).toContain('"by":{"S":"customer:42"}');
    expect(JSON.stringify(pendingOf(api))).not.toContain('customer:43');
  });

  it('puts nothing of the client into headers of the answer unencoded', async () => {
    const api = setUp();
    const url = `/views/addresses/42,${encodeURIComponent('a\r\nset-cookie: x=1')}`;
    const answer = await api.ask({ method: 'PUT', url, payload: NEW_ADDRESS, headers: json });
    expect(answer.statusCode).toBe(202);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['location']).toContain('%0D%0A');
  });
});

it('never writes a token to the log', async () => {
  const api = setUp();
  const [good, bad] = [await tokenOf('42'), await tokenOf('42', { iss: 'somebody else' })];
  for (const as of [good, bad]) await api.ask({ url: '/views/customers/43', as });
  expect(api.log.length).toBeGreaterThan(2);
  for (const token of [good, bad]) {
    for (const part of token.split('.')) expect(api.log.join('')).not.toContain(part);
  }
});
