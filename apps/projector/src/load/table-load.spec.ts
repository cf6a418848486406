import { createMetrics, silentLogger } from '@hybridge/observability';
import { ServingState, claimServing, openServing, readServing } from '@hybridge/protocol';
import { createMemoryItemStore, rowChange, testContext, versionAt } from '@hybridge/testkit';
import { createProjectorMetrics } from '../metrics.ts';
import type { RowWork } from '../work.ts';
import { rowWork, viewNamed } from '../testing.features.ts';
import { fakeClock, turns } from './fake-clock.features.ts';
import { createTableLoad } from './table-load.ts';

const place = { topic: 't', partition: 0, offset: 0n };

const work = (n: number): RowWork => rowWork(viewNamed('v'), rowChange({ n }));

function setUp(bulk: boolean) {
  const store = createMemoryItemStore();
  const puts: unknown[] = [];
  const topic = { end: 10n, committed: -1n, failures: 0 };
  const { signal } = new AbortController();
  const load = createTableLoad(
    {
      store,
      items: {
        async *scan() {
          yield* store.items();
        },
      },
      writer: { put: async ({ values }) => void puts.push(values[':v']), idle: async () => undefined },
      offsets: {
        extents: async () => {
          if (topic.failures-- > 0) throw new Error('no broker');
          return new Map([[0, { from: 0n, to: topic.end }]]);
        },
        committedOffsets: async () => new Map([[0, topic.committed]]),
      },
      clock: fakeClock(),
      context: testContext(),
      metrics: createProjectorMetrics(createMetrics('projector', { process: false })),
      logger: silentLogger(),
    },
    { bulk, leaseMs: 30_000, graceMs: 10_000, topics: ['t'] },
  );
  const state = async () => (await readServing(store))?.state;
  return { load, store, puts, topic, state, begin: () => load.begin(signal) };
}

describe('the load of the projector', () => {
  it('puts newest rows until all of the topics is committed, then opens the table', async () => {
    const { load, puts, topic, state, begin } = setUp(true);
    topic.failures = 1;
    expect(await load.put(work(1))).toBe(false);
    await begin();
    expect(load.notes()).toEqual([expect.stringContaining('loads the table')]);
    expect(load.mayPut()).toBe(true);
    const [read] = load.read(place, [work(2)]);
    expect(await load.put(read as RowWork)).toBe(true);
    const [again] = load.read(place, [work(2)]);
    expect(await load.put(again as RowWork)).toBe(false);
    expect(puts).toEqual([{ S: versionAt(2) }]);
    expect(await state()).toBe('loading');
    topic.committed = 10n;
    await load.opened;
    expect(await state()).toBe('open');
    expect(load.notes()).toEqual([]);
    expect(load.mayPut()).toBe(false);
    const later = [work(3)];
    expect(load.read(place, later)).toBe(later);
  });

  it('ends for a TRUNCATE with the table open', async () => {
    const { load, state, begin } = setUp(true);
    await begin();
    await load.end('truncate');
    expect(await state()).toBe('open');
    expect(load.mayPut()).toBe(false);
  });

  it('does nothing in an ordinary projector', async () => {
    const { load, puts, state, begin } = setUp(false);
    await begin();
    const read = [work(1)];
    expect(load.read(place, read)).toBe(read);
    expect(await load.put({ ...work(1), isNewest: true })).toBe(false);
    await load.end('stopped');
    await load.opened;
    expect([await state(), puts, load.notes()]).toEqual(['open', [], []]);
  });

  it('says that it waits', async () => {
    const { load, store, begin } = setUp(true);
    await claimServing(store, { state: ServingState.loading, nonce: 'other' });
    const begun = begin();
    await turns();
    expect(load.notes()).toEqual([expect.stringContaining('another projector')]);
    await openServing(store, 'other', 'done');
    await begun;
    expect([load.notes(), load.mayPut()]).toEqual([[], false]);
  });
});
