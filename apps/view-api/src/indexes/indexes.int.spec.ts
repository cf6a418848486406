import { catalog } from '@hybridge/definitions';
import { claimServing } from '@hybridge/protocol';
import { item } from '@hybridge/testkit';
import { type AnyView, attribute, createCatalog, indexAttributes, keyOfRow, projectRow } from '@hybridge/views';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { openApiOf } from '../openapi/document.ts';
import { type Answer, type Ask, ask } from '../testing/ask.ts';
import { createMemoryApi, rowOf } from '../testing/memory-api.ts';

const STAFF = { scope: 'staff' };

/** Orders whose totals only staff sees, listed in several ways. */
const orders = {
  ...catalog.byName('orders'),
  access: { owner: { attribute: 'customerId' }, read: ['owner', STAFF], fields: { total: { read: [STAFF] } } },
  indexes: {
    ofCustomer: { pk: ['CUSTOMERORDERS', attribute('customerId')], sk: [attribute('placedAt')] },
    ofStatus: { pk: ['ORDERSTATUS', attribute('status')], sk: [attribute('placedAt')] },
    costly: { pk: ['COSTLY', attribute('customerId')], sk: [attribute('total')] },
    noted: { pk: ['NOTED', attribute('customerId')], sk: [attribute('note'), attribute('placedAt')] },
  },
} as unknown as AnyView;
/** Everybody may read these. */
const products = {
  ...catalog.byName('products'),
  collect: {},
  indexes: { sold: { pk: ['SOLD', attribute('discontinued')], sk: [attribute('price')] } },
} as unknown as AnyView;
const closed = {
  ...catalog.byName('wishes'),
  access: {},
  indexes: { all: { pk: ['ALLWISHES'], sk: ['W'] } },
} as unknown as AnyView;

const servers: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((app) => app.close()));
});

const day = (n: number): string => `2026-11-${String(n).padStart(2, '0')}T10:00:00Z`;

function setUp() {
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const api = createMemoryApi({ catalog: createCatalog([orders, products, closed]), server: { logger } });
  servers.push(api.app);
  const put = (view: AnyView, given: Record<string, string | null>): void => {
    const row = rowOf(view, given);
    const columns = projectRow(view, row) ?? {};
    api.store.put({ ...item({ key: keyOfRow(view, row), columns }), ...indexAttributes(view, columns) });
  };
  const order = (id: string, customer: string, given: Record<string, string | null> = {}): void =>
    put(orders, {
      id,
      customer_id: customer,
      status: 'placed',
      total: '10',
      note: null,
      placed_at: day(Number(id)),
      shipped_at: null,
      ...given,
    });
  order('1', '42', { note: 'a b' });
  order('2', '42', { note: 'a#b' });
  order('3', '42', { status: 'shipped' });
  order('4', '43', { note: 'secret' });
  const product = { weight_kg: null, in_stock: '1', attributes: '{}', thumbnail: null };
  for (const [id, price] of [
    ['1', '9'],
    ['2', '10'],
  ] as const) {
    put(products, { ...product, id, list_price: price, discontinued: 'f' });
  }
  return { ...api, log, order, ask: (request: Ask | string) => ask(api.app, request) };
}

const idsOf = (answer: Answer): readonly string[] =>
  answer.json().items.map(({ key }: { readonly key: readonly string[] }) => key.join(','));

function expectRefusal(answer: Answer, status: number, code: string): Record<string, unknown> {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  expect(answer.body).not.toContain('secret');
  return answer.json();
}

const OWN = '/indexes/orders/ofCustomer?is.customerId=42';

describe('GET /indexes/{view}/{index}', () => {
  it("lists a customer's own documents in the order of the index, as their addresses show them", async () => {
    const { ask } = setUp();
    const answer = await ask(OWN);
    expect(answer.statusCode).toBe(200);
    expect(idsOf(answer)).toEqual(['1', '2', '3']);
    expect(answer.json()).not.toHaveProperty('cursor');
    const [first] = answer.json().items;
    expect(first).toMatchObject({
      path: '/views/orders/1',
      version: 'w0',
      pending: [],
      document: { id: '1', customerId: '42' },
    });
    const own = await ask(first.path);
    expect([own.json(), own.headers['etag']]).toEqual([first.document, `"${first.version}"`]);
    expect(answer.headers['cache-control']).toContain('private');
    expect((await ask({ url: OWN, method: 'HEAD' })).statusCode).toBe(200);
  });

  it('keeps to bounds, order, equal values and beginnings, and pages through', async () => {
    const { ask } = setUp();
    expect(idsOf(await ask(`${OWN}&from.placedAt=${day(2)}`))).toEqual(['2', '3']);
    expect(idsOf(await ask(`${OWN}&to.placedAt=2026-11-02T12:00:00%2B02:00&order=descending`))).toEqual(['2', '1']);
    expect(idsOf(await ask('/indexes/orders/noted?is.customerId=42&is.note=a%20b'))).toEqual(['1']);
    expect(idsOf(await ask('/indexes/orders/noted?is.customerId=42&beginsWith.note=a'))).toEqual(['1', '2']);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const answer = await ask(`${OWN}&limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      seen.push(...idsOf(answer));
      ({ cursor } = answer.json());
    } while (cursor !== undefined);
    expect(seen).toEqual(['1', '2', '3']);
  });

  it('is open to everybody where the view is, and sorts numbers by value', async () => {
    const { ask } = setUp();
    const answer = await ask({ url: '/indexes/products/sold?is.discontinued=false', as: null });
    expect(idsOf(answer)).toEqual(['1', '2']);
    expect(idsOf(await ask({ url: '/indexes/products/sold?is.discontinued=true', as: null }))).toEqual([]);
  });

  it('lists everything for staff, with what only staff sees', async () => {
    const { ask } = setUp();
    const staff = { as: '99', scope: 'staff' };
    expect(idsOf(await ask({ url: '/indexes/orders/ofStatus?is.status=placed', ...staff }))).toEqual(['1', '2', '4']);
    const totals = await ask({ url: '/indexes/orders/costly?is.customerId=43', ...staff });
    expect(totals.json().items[0].document.total).toBe('10');
  });

  it('says what does not fit', async () => {
    const { ask } = setUp();
    for (const [more, status, code] of [
      ['&limit=0', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
      ['&limit=101', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
      ['&limit=1e1', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
      ['&order=random', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
      ['&is.customerId=42', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
      ['&customerId=42', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
      ['&is=42', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
      ['&after.placedAt=x', 400, 'HYBRIDGE_API_REQUEST_INVALID'],
      ['&cursor=x', 400, 'HYBRIDGE_SDK_CURSOR_INVALID'],
      ['&from.placedAt=soon', 422, 'HYBRIDGE_SDK_VALUE_INVALID'],
      ['&from.total=1', 422, 'HYBRIDGE_SDK_VALUE_INVALID'],
      ['&is.__proto__=1', 422, 'HYBRIDGE_SDK_VALUE_INVALID'],
      ['&beginsWith.placedAt=2026', 400, 'HYBRIDGE_SDK_QUERY_IMPOSSIBLE'],
    ] as const) {
      expect(expectRefusal(await ask(`${OWN}${more}`), status, code)).toMatchObject({ fix: expect.any(String) });
    }
    const staff = { as: '99', scope: 'staff' };
    expectRefusal(await ask({ url: '/indexes/orders/ofStatus', ...staff }), 422, 'HYBRIDGE_SDK_VALUE_INVALID');
    expectRefusal(await ask('/indexes/orders/byColour'), 404, 'HYBRIDGE_API_NOT_FOUND');
    expectRefusal(await ask('/indexes/orders/toString'), 404, 'HYBRIDGE_API_NOT_FOUND');
    expectRefusal(await ask('/indexes/carts/all'), 404, 'HYBRIDGE_VIEW_UNKNOWN');
    expectRefusal(await ask('/indexes/wishes/all'), 404, 'HYBRIDGE_API_NOT_FOUND');
    expectRefusal(await ask('/indexes/orders'), 404, 'HYBRIDGE_API_NOT_FOUND');
    const post = await ask({ method: 'POST', url: '/indexes/orders/ofCustomer' });
    expectRefusal(post, 405, 'HYBRIDGE_API_METHOD_NOT_ALLOWED');
    expect(post.headers['allow']).toBe('GET, HEAD');
    expectRefusal(await ask({ method: 'POST', url: '/indexes/wishes/all' }), 404, 'HYBRIDGE_API_NOT_FOUND');
  });

  it('waits for the first load of the table', async () => {
    const { ask, store } = setUp();
    await claimServing(store, { state: 'loading', nonce: 'loader' });
    const answer = await ask(OWN);
    expectRefusal(answer, 503, 'HYBRIDGE_SDK_VIEW_LOADING');
    expect(answer.headers['retry-after']).toBe('1');
  });

  it('is in the OpenAPI document and in the list of views', async () => {
    const { ask } = setUp();
    const { paths } = openApiOf(createCatalog([orders, closed])) as unknown as {
      readonly paths: Record<
        string,
        { readonly get: { readonly parameters: readonly { readonly name: string; readonly required?: boolean }[] } }
      >;
    };
    expect(Object.keys(paths).filter((path) => path.startsWith('/indexes'))).toEqual([
      '/indexes/orders/ofCustomer',
      '/indexes/orders/ofStatus',
      '/indexes/orders/costly',
      '/indexes/orders/noted',
    ]);
    const parameters = paths['/indexes/orders/noted']?.get.parameters ?? [];
    expect(parameters.filter(({ required }) => required).map(({ name }) => name)).toEqual(['is.customerId']);
    expect(parameters.map(({ name }) => name)).toEqual([
      'is.customerId', 'is.note', 'from.note', 'to.note', 'beginsWith.note', 'is.placedAt', 'from.placedAt', 'to.placedAt', 'limit', 'order', 'cursor',
    ]); // prettier-ignore
    const [view] = (await ask('/views')).json().views;
    expect(view.indexes.noted).toEqual({
      path: '/indexes/orders/noted',
      partition: ['customerId'],
      order: ['note', 'placedAt'],
    });
  });
});

describe('what an index shows to whom', () => {
  it.each([
    ["another customer's partition", '/indexes/orders/ofCustomer?is.customerId=43'],
    ['a partition that names no owner', '/indexes/orders/ofStatus?is.status=placed'],
    ['no partition', '/indexes/orders/ofCustomer'],
    ['a separator', '/indexes/orders/ofCustomer?is.customerId=42%2343'],
    ['an escaped separator', '/indexes/orders/ofCustomer?is.customerId=42%252343'],
    ['another way to write a number', '/indexes/orders/ofCustomer?is.customerId=42e0'],
    ['a fullwidth digit', `/indexes/orders/ofCustomer?is.customerId=${encodeURIComponent('４３')}`],
    ['a list', '/indexes/orders/ofCustomer?is.customerId[]=42'],
    ['a member of objects', '/indexes/orders/ofCustomer?is.constructor=43'],
  ])('refuses a customer %s', async (_, url) => {
    const { ask } = setUp();
    const answer = await ask(url);
    expect([400, 403]).toContain(answer.statusCode);
    expectRefusal(answer, answer.statusCode, answer.json().code);
  });

  it('logs who asked for what is not theirs', async () => {
    const { ask, log } = setUp();
    expectRefusal(await ask('/indexes/orders/ofCustomer?is.customerId=43'), 403, 'HYBRIDGE_API_FORBIDDEN');
    const audit = log.map((line) => JSON.parse(line)).filter((line) => line.audit === 'refused');
    expect(audit).toMatchObject([{ subject: '42', reason: 'not the owner' }]);
  });

  it('does not become the own one by another way to write the number', async () => {
    const { ask } = setUp();
    expectRefusal(await ask({ url: OWN, as: '042' }), 403, 'HYBRIDGE_API_FORBIDDEN');
    expect(idsOf(await ask('/indexes/orders/ofCustomer?is.customerId=042'))).toEqual(['1', '2', '3']);
  });

  it('gives no order by what the caller may not see', async () => {
    const { ask } = setUp();
    expectRefusal(await ask('/indexes/orders/costly?is.customerId=42&from.total=5'), 403, 'HYBRIDGE_API_FORBIDDEN');
    expect((await ask(OWN)).body).not.toContain('total');
  });

  it('asks for a token first, whatever is asked for', async () => {
    const { ask } = setUp();
    for (const url of [OWN, '/indexes/orders/byColour', '/indexes/orders/ofCustomer?x=y']) {
      expectRefusal(await ask({ url, as: null }), 401, 'HYBRIDGE_API_TOKEN_MISSING');
    }
    expectRefusal(
      await ask({ url: '/indexes/products/sold?is.discontinued=false', as: 'a.b.c' }),
      401,
      'HYBRIDGE_API_TOKEN_INVALID',
    );
  });

  it('leads nobody into another partition by a forged cursor', async () => {
    const { ask, order } = setUp();
    order('5', '43');
    const theirs = (await ask({ url: '/indexes/orders/ofCustomer?is.customerId=43&limit=1', as: '43' })).json().cursor;
    expectRefusal(await ask(`${OWN}&limit=1&cursor=${theirs}`), 400, 'HYBRIDGE_SDK_CURSOR_INVALID');
    const own = (await ask(`${OWN}&limit=1`)).json().cursor as string;
    const [layout, digest, sk, , itemSk] = JSON.parse(Buffer.from(own, 'base64url').toString()) as string[];
    const forged = Buffer.from(JSON.stringify([layout, digest, sk, 'o1#ORDER#4', itemSk])).toString('base64url');
    expect(idsOf(await ask(`${OWN}&limit=1&cursor=${forged}`))).toEqual(['2']); // behind a place of the own partition
  });

  it('finds nothing by texts that imitate the key of another', async () => {
    const { ask } = setUp();
    for (const note of ['a', 'a b#', 'a#b#2026', 'a$Pb', '%']) {
      expect(idsOf(await ask(`/indexes/orders/noted?is.customerId=42&is.note=${encodeURIComponent(note)}`))).toEqual(
        [],
      );
    }
  });
});
