import { askApp, isSound } from './app-status.ts';
import { countPending } from './pending-status.ts';
import { renderText } from './render.ts';

const METRICS = `# HELP projector_lag_records Records behind
projector_lag_records{topic="a",partition="0"} 3
projector_lag_records{topic="a",partition="1"} 4
projector_changes_total{view="orders",outcome="applied"} 12
projector_halted_partitions 0
`;

const app = (health: unknown, metrics = METRICS) => {
  const asked: string[] = [];
  const get = async (url: string): Promise<Response> => {
    asked.push(url);
    return new Response(url.endsWith('/health') ? JSON.stringify(health) : metrics, { status: 200 });
  };
  return { asked, get };
};
const healthy = { app: 'projector', healthy: true, problems: [] };

const NO_FAN_OUTS = { open: 0, more: false, oldest: [] };

describe('askApp', () => {
  it('gathers health, and the figures worth a look over all labels', async () => {
    const { get, asked } = app(healthy);
    const status = await askApp('http://host:9101', get);
    expect(status).toEqual({
      url: 'http://host:9101',
      ...healthy,
      figures: { projector_lag_records: 7, projector_halted_partitions: 0 },
    });
    expect(isSound(status)).toBe(true);
    expect(asked).toEqual(['http://host:9101/health', 'http://host:9101/metrics']);
  });

  it('is not sound with a halted partition, a difference or a problem', async () => {
    const of = async (health: unknown, metrics?: string) => isSound(await askApp('http://a', app(health, metrics).get));
    expect(await of(healthy, 'projector_halted_partitions 1')).toBe(false);
    expect(await of(healthy, 'inspector_differences{view="a",class="stale"} 2')).toBe(false);
    expect(await of({ ...healthy, healthy: false, problems: ['no broker'] })).toBe(false);
  });

  it('reports an app that does not answer, or is another program', async () => {
    const down = await askApp('http://a', () =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('refused') })),
    );
    expect(down).toMatchObject({ app: undefined, healthy: false, problems: ['refused'] });
    expect(await askApp('http://a', app({ ok: 1 }).get)).toMatchObject({
      healthy: false,
      problems: [expect.stringContaining('answered')],
    });
  });
});

describe('countPending', () => {
  const key = (n: number) => ({ pk: `c1#CUSTOMER#${n}`, sk: 'CUSTOMER' });
  const itemsOf = (...since: number[]) => ({
    pendingItems: async function* () {
      for (const [n, one] of since.entries()) yield { key: key(n), since: one };
    },
  });

  it('counts, and names the oldest', async () => {
    const { signal } = new AbortController();
    const pending = await countPending(itemsOf(9_000, 4_000, 8_000), () => 10_000, signal);
    expect(pending).toEqual({ items: 3, oldest: { key: key(1), ageSeconds: 6 } });
    expect(await countPending(itemsOf(), () => 10_000, signal)).toEqual({ items: 0 });
    const table = { name: 'views', state: 'open' } as const;
    expect(renderText({ apps: [], pending, table, fanOuts: NO_FAN_OUTS })).toBe(
      'table views: open\npending items: 3, the oldest for 6 s (c1#CUSTOMER#1 CUSTOMER)\nfan-out jobs: 0',
    );
  });
});

describe('renderText', () => {
  it.each([
    ['unclaimed', 'table views: unclaimed, neither'],
    ['loading', 'table views: loading, nobody is served'],
  ] as const)('says what it means that a table is %s', (state, line) => {
    const table = { name: 'views', state };
    expect(renderText({ apps: [], pending: { items: 0 }, table, fanOuts: NO_FAN_OUTS })).toContain(line);
  });
});
