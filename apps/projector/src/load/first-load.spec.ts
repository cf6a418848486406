import { createMetrics, silentLogger } from '@hybridge/observability';
import type { Write } from '@hybridge/protocol';
import { type BulkWriter, PutUnansweredError, PutsForbiddenError } from '@hybridge/sink-dynamodb';
import { KEY, rowChange, testContext } from '@hybridge/testkit';
import { createProjectorMetrics } from '../metrics.ts';
import type { RowWork } from '../work.ts';
import { rowWork, viewNamed } from '../testing.features.ts';
import { fakeClock, turns } from './fake-clock.features.ts';
import { LoadStoppedError, createFirstLoad } from './first-load.ts';

const GRACE_MS = 20; // the pause is real, the clock is not

const work = (overrides: Partial<RowWork> = {}): RowWork =>
  rowWork(viewNamed('v'), rowChange(), { isNewest: true, ...overrides });

/** A writer whose puts are answered by the test, and a lease that holds until the test takes it. */
function setUp() {
  const calls: { write: Write; answer: () => void; fail: (error: unknown) => void }[] = [];
  let onIdle: (() => void)[] = [];
  let underWay = 0;
  const settled = (): void => {
    if (--underWay > 0) return;
    for (const resolve of onIdle) resolve();
    onIdle = [];
  };
  const writer: BulkWriter = {
    put: (write) => {
      underWay++;
      return new Promise<void>((answer, fail) => void calls.push({ write, answer, fail })).finally(settled);
    },
    idle: () => (underWay === 0 ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve))),
  };
  const lease = { isHeld: true, isOurs: true, isKept: true, opened: 0 };
  const clock = fakeClock();
  const stopping = new AbortController();
  const metrics = createProjectorMetrics(createMetrics('projector', { process: false }));
  const load = createFirstLoad({
    writer,
    lease: {
      held: () => lease.isHeld,
      keep: (signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(void (lease.isKept = false)))),
      open: async () => {
        expect(lease.isKept).toBe(false);
        lease.opened++;
        return lease.isOurs;
      },
    },
    clock,
    context: testContext(),
    metrics,
    logger: silentLogger(),
    graceMs: GRACE_MS,
    signal: stopping.signal,
  });
  return { load, calls, lease, clock, stopping, metrics };
}

describe('a first load', () => {
  it('puts rows until it ends, and opens the table when all puts are answered', async () => {
    const { load, calls, lease } = setUp();
    const put = load.put(work());
    expect(load.mayPut()).toBe(true);
    const ended = load.end('loaded');
    expect(await load.put(work())).toBe(false);
    await turns();
    expect(lease.opened).toBe(0);
    calls[0]?.answer();
    expect(await put).toBe(true);
    await ended;
    await load.ended;
    expect([lease.opened, load.isOpen, load.isLoading, calls.length]).toEqual([1, true, false, 1]);
    await load.end('stopped');
    expect(lease.opened).toBe(1);
  });

  it('leaves to the ordinary way what may not be put', async () => {
    const { load, calls } = setUp();
    const { isNewest: _, ...older } = work();
    expect(await load.put(older)).toBe(false);
    expect(await load.put(work({ change: rowChange({ kind: 'delete' }) }))).toBe(false);
    expect(calls).toHaveLength(0);
    expect(load.isLoading).toBe(true);
  });

  it('hands on what is wrong with an item, and goes on', async () => {
    const { load, calls } = setUp();
    const put = load.put(work());
    const tooLarge = new Error('too large');
    calls[0]?.fail(tooLarge);
    await expect(put).rejects.toBe(tooLarge);
    expect(load.isLoading).toBe(true);
  });

  it('ends for good after a put without an answer, and holds its key until nothing of it can take effect', async () => {
    const { load, calls, lease, clock } = setUp();
    const lost = load.put(work());
    const other = load.put(work());
    calls[0]?.fail(new PutUnansweredError(KEY, 'time-out'));
    await turns();
    expect([load.isLoading, load.mayPut(), lease.opened]).toEqual([false, false, 0]);
    clock.advance(5); // the second one is given up later: grace begins with it
    calls[1]?.fail(new PutUnansweredError(KEY, 'time-out'));
    await turns();
    let isDone = false;
    const waited = lost.then((stored) => {
      isDone = true;
      return stored;
    });
    clock.advance(GRACE_MS - 1);
    await new Promise((resolve) => setTimeout(resolve, 2 * GRACE_MS));
    expect([isDone, lease.opened]).toEqual([false, 0]);
    clock.advance(1);
    expect(await waited).toBe(false);
    expect(await other).toBe(false);
    expect(lease.opened).toBe(1);
  });

  it('ends without grace when a put was not sent', async () => {
    const { load, calls, lease } = setUp();
    const put = load.put(work());
    lease.isHeld = false;
    calls[0]?.fail(new PutsForbiddenError('lease'));
    expect(await put).toBe(false);
    await load.ended;
    expect(lease.opened).toBe(1);
  });

  it('ends when the lease is not surely held, and takes it well that another one opened the table', async () => {
    const { load, calls, lease } = setUp();
    lease.isHeld = false;
    lease.isOurs = false;
    expect(load.mayPut()).toBe(false);
    expect(await load.put(work())).toBe(false);
    expect(calls).toHaveLength(0);
    await load.ended;
    expect(load.isOpen).toBe(true);
  });

  it('does not open the table when the process ends within grace', async () => {
    const { load, calls, lease, stopping } = setUp();
    const put = load.put(work());
    calls[0]?.fail(new PutUnansweredError(KEY, 'time-out'));
    await turns();
    stopping.abort();
    await expect(put).rejects.toBeInstanceOf(LoadStoppedError);
    await expect(load.end('stopped')).rejects.toMatchObject({ retry: 'transient' });
    await load.ended;
    expect([lease.opened, load.isOpen]).toEqual([0, false]);
  });
});
