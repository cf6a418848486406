import { createMemoryPartitionReader, createRowStore, type RowTexts } from '@hybridge/testkit';
import {
  type AnyTable,
  type AnyView,
  column,
  createCatalog,
  embed,
  int4,
  int8,
  notNull,
  nullable,
  source,
  table,
  text,
  view,
} from '@hybridge/views';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { openApiOf } from '../openapi/document.ts';
import { type Answer, type Ask, addressOf, ask, headersOf } from '../testing/ask.ts';
import { createMemoryApi } from '../testing/memory-api.ts';

const STAFF = { scope: 'staff' };
const shop = source('shop', 'postgres');
const customers = table({
  source: shop,
  name: 'public.customers',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), name: notNull(text()), country: nullable(text()) },
});
const countries = table({
  source: shop,
  name: 'public.countries',
  primaryKey: ['code'],
  columns: { code: notNull(text()), title: notNull(text()) },
});
const orderRows = table({
  source: shop,
  name: 'public.orders',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), customer_id: notNull(int8()), seller_id: nullable(int8()), note: nullable(text()) },
});
const under = (name: string) =>
  table({
    source: shop,
    name: `public.${name}`,
    primaryKey: ['order_id', 'nr'],
    columns: {
      order_id: notNull(int8()),
      nr: notNull(int4()),
      body: notNull(text()),
      owner: notNull(int8()),
    },
  });
const [lineRows, remarkRows, letterRows, closedRows] = [
  under('lines'),
  under('remarks'),
  under('letters'),
  under('closed'),
];
const underOrder = (name: string, of: ReturnType<typeof under>, access: object): AnyView =>
  view(name, {
    table: of,
    key: { pk: ['o1', 'ORDER', column('order_id')], sk: [name, column('nr')] },
    attributes: { nr: 'nr', body: 'body', owner: 'owner' },
    access,
  });
const lines = underOrder('lines', lineRows, { read: ['parent', STAFF], fields: { owner: { read: [STAFF] } } });
const remarks = underOrder('remarks', remarkRows, { read: [STAFF] });
const letters = underOrder('letters', letterRows, { owner: { attribute: 'owner' }, read: ['owner'] });
const closed = underOrder('closed', closedRows, {});
const country = embed(countries, { on: ['country'], attributes: { title: 'title' } });
const orders = view('orders', {
  table: orderRows,
  key: { pk: ['o1', 'ORDER', column('id')], sk: ['ORDER'] },
  attributes: { id: 'id', customerId: 'customer_id', note: 'note' },
  embed: {
    customer: embed(customers, { on: ['customer_id'], attributes: { name: 'name' }, embed: { country } }),
    seller: embed(customers, { on: ['seller_id'], attributes: { name: 'name' } }),
  },
  collect: { lines, remarks, letters, closed },
  changes: { allow: ['note'] },
  access: {
    owner: { attribute: 'customerId' },
    read: ['owner', STAFF],
    update: ['owner'],
    fields: { seller: { read: [STAFF] } },
  },
});
const mine = view('mine', {
  table: orderRows,
  key: { pk: ['m1', 'CUSTOMER', column('customer_id')], sk: ['ORDER', column('id')] },
  attributes: { customerId: 'customer_id', note: 'note' },
  access: { owner: { attribute: 'customerId' }, read: ['owner'] },
});
const tags = view('tags', {
  table: countries,
  key: { pk: ['t1', column('code')], sk: ['TAG'] },
  attributes: { title: 'title' },
  access: { read: ['parent'] },
});
const catalog = createCatalog([orders, lines, remarks, letters, closed, mine, tags]);

const servers: FastifyInstance[] = [];
const readers: AbortController[] = [];
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.abort();
  await Promise.all(servers.splice(0).map((app) => app.close()));
});

const ORDER = { id: '1', customer_id: '42', seller_id: '9', note: null };
const under1 = (nr: number, owner = '42') => ({ order_id: '1', nr: String(nr), body: `body ${nr}`, owner });

async function setUp() {
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const api = createMemoryApi({ catalog, server: { logger, limits: { pollMs: 5, idlePollMs: 10 } } });
  servers.push(api.app);
  const { store: memory, context } = api;
  const ports = {
    store: memory,
    context,
    partitions: createMemoryPartitionReader(memory),
    relations: catalog.relations,
  };
  const storeRow = createRowStore(ports, catalog);
  let n = 0;
  const store = (of: AnyTable, row: RowTexts): Promise<void> => storeRow({ table: of, row, n: ++n });
  await store(countries, { code: 'GB', title: 'Britain' });
  await store(customers, { id: '42', name: 'Ada', country: 'GB' });
  await store(customers, { id: '9', name: 'Sam', country: null });
  await store(orderRows, ORDER);
  for (const nr of [1, 2]) await store(lineRows, under1(nr));
  await store(remarkRows, under1(1));
  await store(letterRows, under1(1));
  await store(letterRows, under1(2, '43'));
  await store(closedRows, under1(1));
  return { ...api, log, put: store, ask: (request: Ask | string) => ask(api.app, request) };
}

const URL = '/views/orders/1/collection';
const OWN = { id: '1', customerId: '42', note: null, customer: { name: 'Ada', country: { title: 'Britain' } } };
const codeOf = (answer: Answer) => [answer.statusCode, answer.json().code];

describe('GET /views/{view}/{key}/collection', () => {
  it('answers the document and what it collects, each by the rules of its own view', async () => {
    const { ask, store } = await setUp();
    const answer = await ask(URL);
    expect(answer.statusCode).toBe(200);
    const version = (await ask('/views/orders/1')).headers['etag']?.slice(1, -1);
    const line = (nr: number) => ({
      path: `/views/lines/1,${nr}`,
      key: ['1', String(nr)],
      version: 'w0',
      pending: [],
      document: { nr, body: `body ${nr}` },
    });
    const letter = { path: '/views/letters/1,1', key: ['1', '1'], document: { nr: 1, body: 'body 1', owner: '42' } };
    expect(answer.json()).toEqual({
      path: '/views/orders/1',
      key: ['1'],
      version,
      pending: [],
      document: OWN,
      collections: {
        lines: [1, 2].map((nr) => ({ ...line(nr), version: expect.any(String) })),
        letters: [{ ...letter, version: expect.any(String), pending: [] }],
      },
    });
    expect(store.peek({ pk: 'o1#ORDER#1', sk: 'closed#1' })).toBeDefined();
    expect((await ask({ url: URL, method: 'HEAD' })).statusCode).toBe(200);
  });

  it('shows others what they may see, and nothing of what is not theirs', async () => {
    const { ask, log } = await setUp();
    const staff = (await ask({ url: URL, as: '9', scope: 'staff' })).json();
    expect(staff.document.seller).toEqual({ name: 'Sam' });
    expect(Object.keys(staff.collections)).toEqual(['lines', 'remarks', 'letters']);
    expect(staff.collections.lines[0].document).toMatchObject({ owner: '42' });
    expect(staff.collections.letters).toEqual([]);
    const stranger = await ask({ url: URL, as: '43' });
    expect(codeOf(stranger)).toEqual([404, 'HYBRIDGE_API_NOT_FOUND']);
    expect(log.some((line) => line.includes('"audit":"refused"') && line.includes(URL))).toBe(true);
    expect(codeOf(await ask({ url: URL, as: null }))).toEqual([401, 'HYBRIDGE_API_TOKEN_MISSING']);
    expect(codeOf(await ask('/views/lines/1,1'))).toEqual([403, 'HYBRIDGE_API_FORBIDDEN']);
    expect((await ask({ url: '/views/lines/1,1', as: '9', scope: 'staff' })).statusCode).toBe(200);
  });

  it('has no address where only a document around it shows it', async () => {
    const { ask } = await setUp();
    expect(codeOf(await ask('/views/tags/GB'))).toEqual([405, 'HYBRIDGE_API_METHOD_NOT_ALLOWED']);
    expect(Object.keys((openApiOf(catalog) as { paths: object }).paths)).not.toContain('/views/tags/{code}');
  });

  it('pages through, the document on every page', async () => {
    const { ask } = await setUp();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (
        await ask(`${URL}?limit=1&order=descending${cursor === undefined ? '' : `&cursor=${cursor}`}`)
      ).json();
      expect(page.document).toEqual(OWN);
      for (const [name, items] of Object.entries<{ key: string[] }[]>(page.collections)) {
        seen.push(...items.map(({ key }) => `${name} ${key.join(',')}`));
      }
      ({ cursor } = page);
    } while (cursor !== undefined);
    expect(seen).toEqual(['lines 1,2', 'lines 1,1', 'letters 1,1']);
  });

  it.each([
    ['?limit=0', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
    ['?limit=101', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
    ['?order=random', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
    ['?order=ascending&order=descending', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
    ['?consistent=1', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
    ['?from=1', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
    ['?cursor=x', 400, 'HYBRIDGE_SDK_CURSOR_INVALID'],
  ])('refuses %s', async (query, ...refusal) => {
    const { ask } = await setUp();
    expect(codeOf(await ask(URL + query))).toEqual(refusal);
  });

  it('is there only for documents that collect something', async () => {
    const { ask } = await setUp();
    expect(codeOf(await ask('/views/orders/2/collection'))).toEqual([404, 'HYBRIDGE_API_NOT_FOUND']);
    expect(codeOf(await ask('/views/remarks/1,1/collection'))).toEqual([404, 'HYBRIDGE_API_NOT_FOUND']);
    expect(codeOf(await ask('/views/nothing/1/collection'))).toEqual([404, 'HYBRIDGE_VIEW_UNKNOWN']);
    const post = await ask({ url: URL, method: 'POST' });
    expect([post.statusCode, post.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect((await ask({ url: '/views/letters/1,1/collection', method: 'POST' })).statusCode).toBe(404);
  });
});

describe('embedded rows', () => {
  it('are in the document, whose ETag changes with them, and do not refuse changes of it', async () => {
    const { ask, put } = await setUp();
    const url = '/views/orders/1';
    const first = await ask(url);
    const etag = first.headers['etag'] ?? '';
    expect(first.json()).toEqual(OWN);
    const again = (headers: Record<string, string>) => ask({ url, headers });
    expect((await again({ 'if-none-match': etag })).statusCode).toBe(304);
    await put(customers, { id: '42', name: 'Ada L.', country: 'GB' });
    const second = await again({ 'if-none-match': etag });
    expect([second.statusCode, second.json().customer.name]).toEqual([200, 'Ada L.']);
    expect(second.headers['etag']).not.toBe(etag);
    const patch = () =>
      ask({
        method: 'PATCH',
        url,
        payload: '{"note":"x"}',
        headers: { 'content-type': 'application/json', 'if-match': etag },
      });
    const changed = await patch();
    expect([changed.statusCode, changed.json().document]).toMatchObject([
      202,
      { note: 'x', customer: { name: 'Ada L.' } },
    ]);
    expect(changed.headers['etag']).toBe((await ask(url)).headers['etag']);
    expect(codeOf(await patch())).toEqual([412, 'HYBRIDGE_SDK_PRECONDITION_FAILED']);
  });

  it('are set by nobody, and read by nobody at an address of their own', async () => {
    const { ask } = await setUp();
    const headers = { 'content-type': 'application/json' };
    const set = await ask({ method: 'PATCH', url: '/views/orders/1', payload: '{"customer":null}', headers });
    expect(codeOf(set)).toEqual([403, 'HYBRIDGE_SDK_NOT_ALLOWED']);
    expect(set.json().attribute).toBe('customer');
    for (const url of [
      '/views/orders.customer/42',
      '/indexes/orders.customer/any',
      '/views/orders.customer/42/events',
    ]) {
      expect(codeOf(await ask(url))).toEqual([404, 'HYBRIDGE_VIEW_UNKNOWN']);
    }
  });

  it('are told of to whoever watches the document', async () => {
    const { app, put } = await setUp();
    const reading = new AbortController();
    readers.push(reading);
    const address = `${await addressOf(app)}/views/orders/1/events`;
    const response = await fetch(address, { headers: await headersOf({ url: '' }), signal: reading.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let received = '';
    const until = async (text: string): Promise<void> => {
      while (!received.includes(text)) received += (await reader?.read())?.value ?? '';
    };
    await until('"Ada"');
    await put(customers, { id: '42', name: 'Grace', country: null });
    await until('"Grace"');
    expect(received.match(/^id: .+$/gm)).toHaveLength(2);
    expect(new Set(received.match(/^id: .+$/gm)).size).toBe(2);
    expect(received).not.toContain('Sam');
  });
});

describe('documents that move', () => {
  it('are read at the address where they lie, by their owner', async () => {
    const { ask, put } = await setUp();
    expect((await ask('/views/mine/42,1')).json()).toEqual({ customerId: '42', note: null });
    expect((await ask('/views/mine/1')).json()).toMatchObject({ fix: 'Give customer_id, id in this order.' });
    expect((await ask({ url: '/views/mine/42,1', as: '43' })).statusCode).toBe(404);
    await put(orderRows, { ...ORDER, customer_id: '43' });
    expect((await ask('/views/mine/42,1')).statusCode).toBe(404);
    expect((await ask({ url: '/views/mine/43,1', as: '43' })).statusCode).toBe(200);
  });
});

describe('what is told of all this', () => {
  it('is in GET /views', async () => {
    const { views } = (await (await setUp()).ask('/views')).json();
    expect(views[0]).toMatchObject({
      embedded: {
        customer: {
          attributes: { name: { type: 'text', nullable: false, changeable: false } },
          embedded: { country: { attributes: { title: { type: 'text' } }, embedded: {} } },
        },
      },
      collections: { lines: { view: 'lines', path: '/views/orders/{id}/collection' } },
    });
    expect(Object.keys(views[0].collections)).toEqual(['lines', 'remarks', 'letters']);
    expect(views[5]).toMatchObject({ path: '/views/mine/{customer_id},{id}', key: ['customer_id', 'id'] });
  });

  it('is what answers look like', async () => {
    const { ask } = await setUp();
    const openApi = openApiOf(catalog) as {
      readonly paths: Record<string, { get: { responses: { 200: { content: object } } } }>;
      readonly components: { readonly schemas: Record<string, { readonly required: string[] }> };
    };
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'openapi', components: openApi.components });
    const fits = (schema: object, value: unknown) =>
      ajv.validate(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')), value) || ajv.errors;
    const page = openApi.paths['/views/orders/{id}/collection']?.get.responses[200].content as {
      'application/json': { schema: object };
    };
    const answer = (await ask(URL)).json();
    expect(fits(page['application/json'].schema, answer)).toBe(true);
    expect(fits({ $ref: '#/components/schemas/Orders' }, { ...OWN, customer: null })).toBe(true);
    expect(fits({ $ref: '#/components/schemas/Orders' }, { ...OWN, customer: { name: 'Ada' } })).not.toBe(true);
    expect(openApi.components.schemas['Orders']?.required).toEqual(['id', 'customerId', 'note', 'customer']);
    expect(Object.keys(openApi.paths)).toContain('/views/mine/{customer_id},{id}');
  });
});
