import { createMetrics, silentLogger } from '@hybridge/observability';
import { type FanOutPorts, type ItemStore, type Write, jobKey, jobOf } from '@hybridge/protocol';
import { baseOf, order, person, setUpJoins } from '../joins.features.ts';
import { createProjectorMetrics } from '../metrics.ts';
import { type JobLaneDependencies, type JobLaneOptions, createJobLane } from './job-lane.ts';

const CHILDREN = 250;
const parent = baseOf(7);

/** A customer of many orders, whose new name is left to a job. */
async function setUp() {
  const joins = setUpJoins({ inline: 10 });
  const { run, change, store, ports } = joins;
  await run([change('customers', 7, person(7, 'Ada'))]);
  await run(Array.from({ length: CHILDREN }, (_, i) => change('orders', i, order(i, 7))));
  await run([change('customers', 7, person(7, 'Ann'))]);
  const context = { ...ports.context, now: Date.now };
  return {
    ...joins,
    ports: { ...ports, context } satisfies FanOutPorts,
    job: () => {
      const item = store.peek(jobKey(parent.pk));
      return item === undefined ? undefined : jobOf(item);
    },
    behind: () => {
      const held = Array.from({ length: CHILDREN }, (_, i) => joins.shown(i)?.['customer']);
      return held.filter((one) => JSON.stringify(one).includes('Ada')).length;
    },
  };
}

type Knowing = Pick<JobLaneDependencies, 'knows'>;

/** A worker that ends with the test. */
function lane(ports: FanOutPorts, { knows = () => true, ...options }: Partial<JobLaneOptions & Knowing> = {}) {
  const stopping = new AbortController();
  const metrics = createProjectorMetrics(createMetrics('projector', { process: false }));
  const made = createJobLane(
    { ports, knows, metrics, logger: silentLogger() },
    { itemsPerSecond: 100_000, intervalMs: 10, patienceMs: 30, ...options },
  );
  made.wake(); // as whoever raised a job does
  const ended = made.run(stopping.signal);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended;
  };
  return { ...made, metrics, stop, kill: () => stopping.abort() };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isSo()).toBe(true);
}

const refreshes = (writes: readonly { readonly write: Write; readonly ok: boolean }[]) =>
  writes.filter(({ write }) => write.expression === 'refreshFragment');

it('tells all the rows of a job, takes it away, and says how far it is meanwhile', async () => {
  const { ports, job, behind } = await setUp();
  expect([behind(), job()?.visited]).toEqual([CHILDREN, 0]);
  const worker = lane(ports, { itemsPerSecond: 500 });
  await until(() => (job()?.visited ?? CHILDREN) > 0);
  expect(worker.notes().join()).toMatch(/^tells \d+ rows so far of a change of A#o1\.orders\.customer#7, since \d+ s$/);
  await until(() => job() === undefined);
  expect([behind(), worker.notes()]).toEqual([0, []]);
  await worker.stop();
});

it('takes up what a killed one left, between two pages or within one', async () => {
  for (const killedAt of [1, 101, 150]) {
    const { ports, job, behind, store } = await setUp();
    let left = killedAt;
    const dying: ItemStore = {
      ...ports.store,
      get: (key) => store.get(key),
      write: (write) => (left-- > 0 ? ports.store.write(write) : new Promise(() => undefined)),
    };
    const killed = lane({ ...ports, store: dying });
    await until(() => left < 0);
    killed.kill();
    expect(behind()).toBeGreaterThan(0);
    const next = lane(ports);
    await until(() => job() === undefined);
    expect(behind()).toBe(0);
    await next.stop();
  }
});

it('does no page twice for long where two share the jobs', async () => {
  const { ports, job, behind, store } = await setUp();
  const before = store.writes.length;
  const workers = [lane(ports, { itemsPerSecond: 2_000 }), lane(ports, { itemsPerSecond: 2_000 })];
  await until(() => job() === undefined);
  expect(behind()).toBe(0);
  expect(refreshes(store.writes.slice(before)).length).toBeLessThan(CHILDREN + 110); // one page, and no more
  await Promise.all(workers.map((worker) => worker.stop()));
});

it('brings a newer change too, which comes while it works', async () => {
  const { ports, job, run, change, shown } = await setUp();
  const worker = lane(ports, { itemsPerSecond: 1_000 });
  await until(() => (job()?.visited ?? 0) >= 100);
  await run([change('customers', 7, person(7, 'Anna'))]);
  await until(() => job() === undefined);
  await worker.stop();
  const held = Array.from({ length: CHILDREN }, (_, i) => shown(i)?.['customer']);
  expect(new Set(held.map((one) => JSON.stringify(one)))).toEqual(new Set(['{"name":"Anna","country":null}']));
});

it('tries again what failed for a moment', async () => {
  const { ports, job, behind, store } = await setUp();
  store.failNextWrite(Object.assign(new Error('throttled'), { retry: 'transient' }));
  const query = jest.spyOn(ports.partitions, 'query');
  query.mockRejectedValueOnce(Object.assign(new Error('throttled'), { retry: 'transient' }));
  const worker = lane(ports);
  await until(() => job() === undefined);
  expect(behind()).toBe(0);
  await worker.stop();
});

it('gets on where every tenth call fails, of which a page has many', async () => {
  const { ports, job, behind } = await setUp();
  let calls = 0;
  const failing = <T>(call: () => Promise<T>): Promise<T> =>
    ++calls % 10 === 0 ? Promise.reject(Object.assign(new Error('throttled'), { retry: 'transient' })) : call();
  const store: ItemStore = {
    get: (key) => failing(() => ports.store.get(key)),
    write: (write) => failing(() => ports.store.write(write)),
  };
  const { stop } = lane({ ...ports, store });
  await until(() => job() === undefined);
  await stop();
  expect(behind()).toBe(0);
});

it('writes at its pace', async () => {
  const { ports, job, store } = await setUp();
  const before = store.writes.length;
  const startedAt = performance.now();
  const worker = lane(ports, { itemsPerSecond: 400, patienceMs: 1 });
  await until(() => store.writes.length - before > 40);
  await worker.stop();
  const perSecond = (1_000 * (store.writes.length - before - 40)) / (performance.now() - startedAt);
  expect(perSecond).toBeLessThan(440);
  expect(job()).toBeDefined();
});

it('agrees with children that change meanwhile', async () => {
  const { ports, job, run, change, shown } = await setUp();
  const worker = lane(ports, { itemsPerSecond: 1_000 });
  await run([change('orders', 3, order(3, 7, { total: 9 })), change('orders', 4, null)]);
  await until(() => job() === undefined);
  await worker.stop();
  expect([shown(3), shown(4)]).toMatchObject([{ total: 9, customer: { name: 'Ann' } }, undefined]);
});

it('leaves jobs of other definitions to projectors that have them', async () => {
  const { ports, job, behind } = await setUp();
  const other = lane({ ...ports, relations: new Map() }, { knows: (parent) => !parent.startsWith('A#o1.') });
  await new Promise((resolve) => setTimeout(resolve, 150)); // many looks
  expect([behind(), job()?.visited]).toEqual([CHILDREN, 0]);
  await other.stop();
  const own = lane(ports);
  await until(() => job() === undefined);
  expect(behind()).toBe(0);
  await own.stop();
});
