import { catalog } from '@hybridge/definitions';
import { type OutcomeKind, carryOut, decideSettle } from '@hybridge/protocol';
import { SqlReadError } from '@hybridge/reader-sql';
import type { Hybridge } from '@hybridge/sdk';
import { settleSignal } from '@hybridge/testkit';
import { keyOfRow, shapeOf } from '@hybridge/views';
import type { FastifyInstance } from 'fastify';
import { type Answer, type Ask, ask } from './testing/ask.ts';
import { tokenOf } from './testing/local-tokens.ts';
import { createMemoryApi, rowOf } from './testing/memory-api.ts';

const customers = catalog.byName('customers');

const ada = { id: '42', full_name: 'Ada', credit_limit: '9007199254740993.5', preferences: '{"letter":true}' };
const office = { customer_id: '42', label: 'a,b/c 50%', city: 'Leiden' };
const adaKey = keyOfRow(customers, rowOf(customers, ada));
const officePath = `/views/addresses/42,${encodeURIComponent('a,b/c 50%')}`;
const json = { 'content-type': 'application/json' };

function setUp(sqlFails?: Error) {
  let tellWaiting: () => void;
  const isWaiting = new Promise<void>((resolve) => (tellWaiting = resolve));
  const observe = (hybridge: Hybridge): Hybridge => {
    const { waitFor } = hybridge;
    return Object.assign(hybridge, {
      waitFor: (...args: Parameters<typeof waitFor>) => {
        tellWaiting();
        return waitFor(...args);
      },
    });
  };
  const rows = { customers: [ada], addresses: [office] };
  const { app, store, metrics, context } = createMemoryApi({ rows, sqlFails, observe });
  servers.push(app);
  const answer = (id: string, out: OutcomeKind, more: { code?: string; message?: string } = {}) =>
    carryOut(store, adaKey, (seen) =>
      decideSettle(
        settleSignal({ key: adaKey, shape: shapeOf(customers), outcome: { id, out, at: 5, ...more } }),
        context,
        seen,
      ),
    );
  const patch = (payload: string, headers: Record<string, string> = {}, url = '/views/customers/42') =>
    ask(app, { method: 'PATCH', url, payload, headers: { ...json, ...headers } });
  return { app, ask: (request: Ask | string) => ask(app, request), store, metrics, answer, patch, isWaiting };
}

const servers: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((app) => app.close()));
});

function expectProblem(response: Answer, status: number, code: string): Record<string, unknown> {
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = response.json() as Record<string, unknown>;
  expect({ http: response.statusCode, status: problem['status'], code: problem['code'] }).toEqual({
    http: status,
    status,
    code,
  });
  expect(problem).toMatchObject({
    title: expect.any(String),
    detail: expect.any(String),
    requestId: expect.any(String),
  });
  expect(response.body).not.toMatch(/\bat .*\.ts:\d+/);
  return problem;
}

describe('GET /views', () => {
  it('tells what there is and what may be changed', async () => {
    const { ask } = setUp();
    const { views } = (await ask('/views')).json();
    expect(views.map(({ name }: { name: string }) => name)).toEqual([
      'customers',
      'addresses',
      'products',
      'orders',
      'wishes',
      'stock',
      'prices',
    ]);
    expect(views[1]).toMatchObject({
      path: '/views/addresses/{customer_id},{label}',
      insert: true,
      attributes: {
        label: { type: 'text', nullable: false, changeable: false },
        instructions: { type: 'text', nullable: true, changeable: true },
      },
    });
  });
});

describe('GET /views/{view}/{key}', () => {
  it('answers from SQL first, then from the item', async () => {
    const { ask, metrics } = setUp();
    const first = await ask('/views/customers/42');
    expect(first.statusCode).toBe(200);
    expect(first.json()).toMatchObject({
      id: '42',
      name: 'Ada',
      preferences: { letter: true },
    });
    expect(first.headers).toMatchObject({
      'x-hybridge-source': 'fill',
      'x-hybridge-pending': '',
      'x-content-type-options': 'nosniff',
    });
    const second = await ask('/views/customers/42');
    expect(second.headers).toMatchObject({ 'x-hybridge-source': 'item', etag: first.headers['etag'] });
    await ask({ url: '/views/customers/43', as: '43' });
    const text = await metrics.render();
    expect(text).toContain('view_api_reads_total{source="fill"} 1');
    expect(text).toContain('view_api_reads_total{source="item"} 1');
    expect(text).toContain('view_api_reads_total{source="not-found"} 1');
    expect(text).toContain('view_api_requests_total{route="GET /views/:view/:key",status="200"} 2');
    expect(text).toContain('view_api_request_seconds_count 3');
  });

  it('answers 304 to a client that has the version', async () => {
    const { ask } = setUp();
    const etag = String((await ask('/views/customers/42')).headers['etag']);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await ask({ url: '/views/customers/42', headers: { 'if-none-match': known } });
      expect([answer.statusCode, answer.body]).toEqual([304, '']);
    }
    const other = await ask({ url: '/views/customers/42', headers: { 'if-none-match': '"other"' } });
    expect(other.statusCode).toBe(200);
  });

  it('reads a key of several parts, whatever characters they hold', async () => {
    const { ask } = setUp();
    const answer = await ask(officePath);
    expect(answer.json()).toMatchObject({ customerId: '42', label: 'a,b/c 50%', city: 'Leiden' });
  });

  it.each([
    ['/views/customers/43', 404, 'HYBRIDGE_API_NOT_FOUND', 'customers has no row 43.'],
    ['/views/custmers/42', 404, 'HYBRIDGE_VIEW_UNKNOWN', 'customers, addresses, products, orders'],
    ['/views/customers/ada', 400, 'HYBRIDGE_SDK_KEY_INVALID', '"ada" is not a value of type bigint'],
    ['/views/customers/42,43', 400, 'HYBRIDGE_SDK_KEY_INVALID', 'has 1 part(s) (id), but 2 were given'],
    ['/views/addresses/42', 400, 'HYBRIDGE_SDK_KEY_INVALID', 'has 2 part(s) (customer_id, label), but 1 were given'],
    ['/views/customers/%E0%A4%A', 400, 'HYBRIDGE_API_REQUEST_INVALID', 'not valid'],
    ['/nothing', 404, 'HYBRIDGE_API_NOT_FOUND', 'There is no GET /nothing.'],
  ])('answers %s with %i %s', async (url, status, code, detail) => {
    const { ask } = setUp();
    expect(expectProblem(await ask({ url, scope: 'staff' }), status, code)['detail']).toContain(detail);
  });

  it('asks to try again while SQL is away, without saying more', async () => {
    const { ask } = setUp(Object.assign(new Error('connect 10.0.0.7 refused'), { retry: 'transient' }));
    const answer = await ask('/views/customers/42');
    expectProblem(answer, 503, 'HYBRIDGE_API_UNAVAILABLE');
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.body).not.toContain('10.0.0.7');
  });

  it('says when to try again while SQL is not to be asked', async () => {
    const busy = new SqlReadError('HYBRIDGE_READER_SQL_BUSY', 'budget', { retryAfterMs: 4_200, cause: undefined });
    const answer = await setUp(busy).ask('/views/customers/42');
    expectProblem(answer, 503, 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE');
    expect(answer.headers['retry-after']).toBe('5');
  });

  it('hides what went wrong inside', async () => {
    const { ask } = setUp(new Error('password is swordfish'));
    const answer = await ask('/views/customers/42');
    expectProblem(answer, 500, 'HYBRIDGE_API_INTERNAL');
    expect(answer.body).not.toContain('swordfish');
  });
});

describe('PATCH /views/{view}/{key}', () => {
  it('accepts a change, shows it at once and says where to ask for the outcome', async () => {
    const { ask, patch, answer } = setUp();
    const accepted = await patch('{"city":"Utrecht"}');
    expect(accepted.statusCode).toBe(202);
    const { changeId, status, document } = accepted.json();
    expect({ status, city: document.city }).toEqual({ status: 'pending', city: 'Utrecht' });
    expect(accepted.headers['location']).toBe(`/views/customers/42/changes/${changeId}`);

    const read = await ask('/views/customers/42');
    expect(read.headers).toMatchObject({ 'x-hybridge-pending': changeId, etag: accepted.headers['etag'] });
    const change = async () => (await ask(String(accepted.headers['location']))).json();
    expect(await change()).toMatchObject({ changeId, status: 'pending' });
    await answer(changeId, 'A');
    expect(await change()).toEqual({ changeId, status: 'applied', at: new Date(5).toISOString() });
  });

  it('keeps who asked', async () => {
    const { store, patch } = setUp();
    await patch('{"city":"Utrecht"}');
    expect(JSON.stringify(store.peek(adaKey))).toContain('"by":{"S":"customer:42"}');
  });

  it('accepts the change of the version the client read and refuses the next one', async () => {
    const { ask, patch } = setUp();
    const etag = String((await ask('/views/customers/42')).headers['etag']);
    expect((await patch('{"city":"Utrecht"}', { 'if-match': etag })).statusCode).toBe(202);
    expectProblem(await patch('{"city":"Delft"}', { 'if-match': etag }), 412, 'HYBRIDGE_SDK_PRECONDITION_FAILED');
    expect((await patch('{"city":"Delft"}', { 'if-match': '*' })).statusCode).toBe(202);
    for (const bad of ['"a", "b"', 'w1', '', '"w1']) {
      expectProblem(await patch('{"city":"Delft"}', { 'if-match': bad }), 400, 'HYBRIDGE_API_HEADER_INVALID');
    }
  });

  it('takes a request repeated with its Idempotency-Key as one change', async () => {
    const { ask, patch } = setUp();
    const first = await patch('{"city":"Utrecht"}', { 'idempotency-key': 'k1' });
    const again = await patch('{"city":"Utrecht"}', { 'idempotency-key': 'k1' });
    expect(again.json()).toMatchObject({ changeId: first.json().changeId, status: 'pending' });
    expect((await ask('/views/customers/42')).headers['x-hybridge-pending']).toBe(first.json().changeId);
    const later = { 'idempotency-key': 'k1', authorization: `Bearer ${await tokenOf('42', { jti: 'another token' })}` };
    expect((await patch('{"city":"Utrecht"}', later)).json()['changeId']).toBe(first.json()['changeId']);
    expectProblem(await patch('{"city":"Delft"}', { 'idempotency-key': 'k1' }), 409, 'HYBRIDGE_SDK_CHANGE_ID_REUSED');
  });

  it('waits for SQL when asked to: applied', async () => {
    const { patch, answer } = setUp();
    const id = (await patch('{"city":"Utrecht"}', { 'idempotency-key': 'k1' })).json().changeId;
    const waiting = patch('{"city":"Utrecht"}', { 'idempotency-key': 'k1', prefer: 'wait=5' });
    await answer(id, 'A');
    const done = await waiting;
    expect((await patch('{"city":"Utrecht"}', { 'idempotency-key': 'k1' })).json().status).toBe('applied');
    expect(done.statusCode).toBe(200);
    expect(done.headers['preference-applied']).toBe('wait=5');
    expect(done.json()).toMatchObject({ changeId: id, status: 'applied', document: { id: '42' } });
  });

  it('waits for SQL when asked to: rejected, with the reason', async () => {
    const { patch, answer } = setUp();
    const id = (await patch('{"city":"Utrecht"}', { 'idempotency-key': 'k1' })).json().changeId;
    await answer(id, 'R', { code: 'CONFLICT', message: 'city was changed in SQL' });
    const done = await patch('{"city":"Utrecht"}', { 'idempotency-key': 'k1', prefer: 'wait=5' });
    expect(expectProblem(done, 409, 'HYBRIDGE_API_CHANGE_REJECTED')).toMatchObject({
      changeId: id,
      reason: 'CONFLICT',
      message: 'city was changed in SQL',
    });
  });

  it('answers 202 when SQL does not answer in time', async () => {
    const { patch } = setUp();
    expect((await patch('{"city":"Utrecht"}', { prefer: 'respond-async, wait=0' })).statusCode).toBe(202);
  });

  it('ends a waiting request when the server stops', async () => {
    const { app, patch, isWaiting } = setUp();
    const accepted = await patch('{"city":"Utrecht"}', { 'idempotency-key': 'k1' });
    expect(accepted.statusCode).toBe(202);
    const waiting = patch('{"city":"Utrecht"}', { 'idempotency-key': 'k1', prefer: 'wait=30' });
    await isWaiting;
    await app.close();
    expect((await waiting).statusCode).toBe(202);
  });

  it.each([
    [
      '{"city":5}',
      422,
      'HYBRIDGE_SDK_VALUE_INVALID',
      { attribute: 'city', detail: expect.stringContaining('type text') },
    ],
    ['{"city":null}', 422, 'HYBRIDGE_SDK_VALUE_INVALID', { detail: 'customers.city must not be null.' }],
    ['{"town":"x"}', 422, 'HYBRIDGE_SDK_VALUE_INVALID', { fix: expect.stringContaining('email') }],
    [
      '{"creditLimit":"1"}',
      403,
      'HYBRIDGE_SDK_NOT_ALLOWED',
      { fix: expect.stringContaining('Customers may change email') },
    ],
    [
      '{"preferences":{"n":9007199254740993}}',
      422,
      'HYBRIDGE_API_NUMBER_UNSAFE',
      { fix: 'Send it as a string: "9007199254740993".' },
    ],
    ['{"preferences":{"n":0.12345678901234567890}}', 422, 'HYBRIDGE_API_NUMBER_UNSAFE', { attribute: 'preferences' }],
    ['{"city":"a","city":"b"}', 400, 'HYBRIDGE_API_BODY_INVALID', {}],
    ['{"preferences":{"__proto__":{"x":1}}}', 400, 'HYBRIDGE_API_BODY_INVALID', {}],
    ['[1]', 400, 'HYBRIDGE_API_BODY_INVALID', { fix: 'Send {"attribute": value}.' }],
    ['7', 400, 'HYBRIDGE_API_BODY_INVALID', {}],
    ['{"city":', 400, 'HYBRIDGE_API_BODY_INVALID', { detail: expect.stringContaining('not valid JSON') }],
    ['', 400, 'HYBRIDGE_API_BODY_INVALID', { detail: 'The request has no body.' }],
    ['{}', 422, 'HYBRIDGE_SDK_VALUE_INVALID', { detail: 'The change names no attribute.' }],
  ])('refuses %s with %i %s', async (body, status, code, facts) => {
    const { patch, store } = setUp();
    expect(expectProblem(await patch(body), status, code)).toMatchObject(facts);
    expect(store.items().filter(({ pk }) => JSON.stringify(pk).includes('CUSTOMER'))).toEqual([]);
  });

  it('accepts numbers whose digits survive', async () => {
    const { patch } = setUp();
    const answer = await patch('{"preferences":{"n":[0.1,1.50,9007199254740991,-3e2]}}');
    expect(answer.json().document.preferences).toEqual({ n: [0.1, 1.5, 9007199254740991, -300] });
  });

  it('refuses other media types and bodies above the limit', async () => {
    const { patch } = setUp();
    expectProblem(await patch('city=Utrecht', { 'content-type': 'text/plain' }), 415, 'HYBRIDGE_API_MEDIA_TYPE');
    const large = JSON.stringify({ city: 'x'.repeat(256 * 1024) });
    expectProblem(await patch(large), 413, 'HYBRIDGE_API_BODY_TOO_LARGE');
  });

  it('refuses a change of a row that is not there', async () => {
    const { ask } = setUp();
    const url = '/views/customers/43';
    const answer = await ask({ method: 'PATCH', url, payload: '{"city":"Utrecht"}', headers: json, as: '43' });
    expectProblem(answer, 404, 'HYBRIDGE_SDK_NOT_FOUND');
  });
});

it('refuses a request without a token before its key, headers and body are looked at', async () => {
  const { ask } = setUp();
  const headers = { ...json, 'if-match': 'no tag' };
  const answer = await ask({ method: 'PATCH', url: '/views/customers/x', payload: '{', headers, as: null });
  expectProblem(answer, 401, 'HYBRIDGE_API_TOKEN_MISSING');
});

describe('PUT and DELETE /views/{view}/{key}', () => {
  const body = '{"street":"Rapenburg 1","postalCode":"2311","city":"Leiden","country":"NL"}';

  it('inserts a row, and refuses to insert it twice', async () => {
    const { ask } = setUp();
    const put = () => ask({ method: 'PUT', url: '/views/addresses/42,home', payload: body, headers: json });
    const inserted = await put();
    expect(inserted.statusCode).toBe(202);
    expect(inserted.json().document).toMatchObject({
      customerId: '42',
      label: 'home',
      city: 'Leiden',
      instructions: null,
    });
    expectProblem(await put(), 409, 'HYBRIDGE_SDK_ALREADY_EXISTS');
  });

  it('deletes a row', async () => {
    const { ask } = setUp();
    const deleted = await ask({ method: 'DELETE', url: officePath });
    expect([deleted.statusCode, deleted.json().document]).toEqual([202, null]);
    expectProblem(await ask(officePath), 404, 'HYBRIDGE_API_NOT_FOUND');
    expect((await ask(String(deleted.headers['location']))).json()).toMatchObject({ status: 'pending' });
  });

  it('refuses what the view does not allow', async () => {
    const { ask } = setUp();
    const deleted = await ask({ method: 'DELETE', url: '/views/customers/42' });
    expectProblem(deleted, 405, 'HYBRIDGE_API_METHOD_NOT_ALLOWED');
    expect(deleted.headers['allow']).toBe('GET, PATCH');
    const inserted = await ask({ method: 'PUT', url: '/views/products/1', payload: '{}', headers: json });
    expectProblem(inserted, 405, 'HYBRIDGE_API_METHOD_NOT_ALLOWED');
    expectProblem(await ask({ method: 'POST', url: '/views/products/1' }), 405, 'HYBRIDGE_API_METHOD_NOT_ALLOWED');
  });
});

describe('GET /views/{view}/{key}/changes/{changeId}', () => {
  it('does not know a change the item never had', async () => {
    const { ask } = setUp();
    expectProblem(await ask('/views/customers/42/changes/nope'), 404, 'HYBRIDGE_API_CHANGE_UNKNOWN');
  });
});
