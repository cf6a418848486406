import { recordSettings } from '@hybridge/setup';
import { column, createCatalog, int4, notNull, source, table, view } from '@hybridge/views';
import { checkConnector } from './check-connector.ts';
import { type Fetch, diagnoseConnectors } from './diagnose-connectors.ts';

const CONFIG = { ...recordSettings('postgres'), 'table.include.list': 'public\\.orders,public\\.hybridge_inbox' };
const NEEDS = {
  name: 'hybridge-shop',
  kind: 'postgres' as const,
  connectUrl: 'http://connect',
  tables: ['public.orders', 'public.hybridge_inbox'],
};
const RUNNING = { config: CONFIG, states: ['RUNNING', 'RUNNING'] };

describe('checkConnector', () => {
  const told = (facts: Parameters<typeof checkConnector>[1]) =>
    checkConnector(NEEDS, facts).map(({ check, problem }) => `${check}: ${problem}`);

  it('finds nothing in one that runs as the definitions want it', () => {
    expect(told(RUNNING)).toEqual([]);
  });

  it.each([
    ['none', undefined, /^connector.missing/],
    [
      'a failed task',
      { ...RUNNING, states: ['RUNNING', 'FAILED'], trace: 'boom' },
      /^connector.state: it is FAILED: boom/,
    ],
    ['no task', { ...RUNNING, states: ['RUNNING'] }, /^connector.state: it is without a task/],
    [
      'skipped truncates',
      { ...RUNNING, config: { ...CONFIG, 'skipped.operations': 't' } },
      /^connector.setting: skipped.operations is t/,
    ],
    ['lost decimals', { ...RUNNING, config: { ...CONFIG, 'decimal.handling.mode': 'double' } }, /^connector.setting/],
    [
      'a table left out',
      { ...RUNNING, config: { ...CONFIG, 'table.include.list': 'public\\.hybridge_inbox' } },
      /does not capture public.orders$/,
    ],
  ])('finds %s', (_, facts, finding) => {
    expect(told(facts)).toEqual([expect.stringMatching(finding)]);
  });
});

describe('checkConnector of a binlog', () => {
  const needs = { ...NEEDS, kind: 'mariadb' as const, tables: ['db.stock'] };
  const config = { ...recordSettings('mariadb'), 'table.include.list': 'db\\.stock' };
  const told = (more: Record<string, string>) =>
    checkConnector(needs, { ...RUNNING, config: { ...config, ...more } }).map(({ problem }) => problem);

  it('wants times as integers there, and numbers above 2^63 as they are', () => {
    expect(told({})).toEqual([]);
    expect(told({ 'time.precision.mode': 'isostring' })).toEqual([
      'time.precision.mode is isostring, and the projector relies on microseconds',
    ]);
    expect(told({ 'bigint.unsigned.handling.mode': 'long' })).toHaveLength(1);
    expect(
      checkConnector(NEEDS, { ...RUNNING, config: { ...CONFIG, 'time.precision.mode': 'microseconds' } }),
    ).toMatchObject([{ check: 'connector.setting' }]);
  });
});

describe('diagnoseConnectors', () => {
  const catalog = createCatalog([
    view('orders', {
      table: table({
        ...{ source: source('shop', 'postgres'), name: 'public.orders', primaryKey: ['id'] },
        columns: { id: notNull(int4()) },
      }),
      key: { pk: ['o1', column('id')], sk: ['ORDER'] },
      attributes: { id: 'id' },
    }),
  ]);
  const answering =
    (bodies: Record<string, unknown>): Fetch =>
    (url) =>
      Promise.resolve(
        bodies[url] === undefined ? new Response('{}', { status: 404 }) : new Response(JSON.stringify(bodies[url])),
      );
  const checks = async (get: Fetch) =>
    (await diagnoseConnectors(catalog, 'http://connect', get)).map(({ check }) => check);
  const url = 'http://connect/connectors/hybridge-shop';

  it('asks for the connector of each source', async () => {
    const state = (of: string) => ({ connector: { state: 'RUNNING' }, tasks: [{ state: of, trace: 'one\ntwo' }] });
    expect(await checks(answering({}))).toEqual(['connector.missing']);
    expect(await checks(answering({ [url]: { config: CONFIG }, [`${url}/status`]: state('RUNNING') }))).toEqual([]);
    expect(await checks(answering({ [url]: { config: CONFIG }, [`${url}/status`]: state('FAILED') }))).toEqual([
      'connector.state',
    ]);
  });

  it('reports what does not answer, or is something else', async () => {
    expect(await checks(() => Promise.reject(new TypeError('fetch failed')))).toEqual(['target.unreachable']);
    expect(await checks(answering({ [url]: { hello: 1 } }))).toEqual(['target.unreachable']);
  });
});
