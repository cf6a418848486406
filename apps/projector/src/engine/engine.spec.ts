import { catalog } from '@hybridge/definitions';
import { createMetrics, silentLogger } from '@hybridge/observability';
import { text } from '@hybridge/protocol';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { rowChange, settleSignal, versionAt } from '@hybridge/testkit';
import { createProjectorMetrics } from '../metrics.ts';
import { recordOf, rowWork } from '../testing.features.ts';
import type { RecordPlace, Work } from '../work.ts';
import { batchOf } from './batches.features.ts';
import { type EngineOptions, createEngine } from './engine.ts';

const view = catalog.byName('addresses');

interface Running {
  readonly key: string;
  readonly place: RecordPlace;
  readonly work: Work;
  end(): Promise<void>;
  fail(error: Error): Promise<void>;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const transient = (): Error => Object.assign(new Error('throttled'), { retry: 'transient' });

/** A record of the text names the keys it changes: `a b` changes two items; `!` cannot be read; nothing means nothing. */
const record = (offset: number, value: string, partition = 0): ChangeRecord =>
  recordOf(value, { offset: BigInt(offset), partition });

function read({ value = '', offset }: ChangeRecord): Work[] {
  if (value === '!') throw new Error('unreadable');
  const n = Number(offset) + 1;
  return value.split(' ').flatMap((name): Work[] => {
    const key = { pk: name.replace('?', ''), sk: '' };
    if (name === '') return [];
    if (name.startsWith('?'))
      return [{ kind: 'settle', view, key, keyRow: {}, signal: settleSignal({ n, key }), links: {} }];
    return [rowWork(view, rowChange({ n, key }))];
  });
}

function setUp(options: Partial<EngineOptions> = {}) {
  const running: Running[] = [];
  const metrics = createProjectorMetrics(createMetrics('projector', { process: false }));
  const apply = (work: Work, place: () => RecordPlace): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): Promise<void> => (running.splice(running.indexOf(self), 1), settle());
      const self: Running = {
        key: work.key.pk,
        place: place(),
        work,
        end: () => (resolve(), leave()),
        fail: (error) => (reject(error), leave()),
      };
      running.push(self);
    });
  const limits = { source: 'shop', concurrency: 10, maxPendingBytes: 1024 ** 2 };
  const engine = createEngine({ read, apply, metrics, logger: silentLogger(), ...limits, ...options });
  const keys = (): string[] => running.map(({ key }) => key);
  const of = (key: string): Running => running.find((each) => each.key === key) as Running;
  const pendingBytes = async (): Promise<number | undefined> => (await metrics.pendingBytes.get()).values[0]?.value;
  return { engine, running, keys, of, metrics, pendingBytes };
}

describe('the engine', () => {
  it('says that a record is done when all its items are', async () => {
    const { engine, of } = setUp();
    const batch = batchOf([record(0, 'a b')]);
    await engine.take(batch);
    await of('a').end();
    expect(batch.doneOffsets).toEqual([]);
    await of('b').end();
    expect(batch.doneOffsets).toEqual([0]);
  });

  it('says at once that a record is done that means nothing', async () => {
    const { engine } = setUp();
    const batch = batchOf([record(0, ''), record(1, 'a'), record(2, '')]);
    await engine.take(batch);
    expect(batch.doneOffsets).toEqual([0, 2]);
  });

  it('goes on with other items while one takes long', async () => {
    const { engine, of, keys } = setUp();
    const [first, second] = [batchOf([record(0, 'a'), record(1, 'b')]), batchOf([record(2, 'c'), record(3, 'a')])];
    await engine.take(first);
    await engine.take(second);
    expect(keys()).toEqual(['a', 'b', 'c']);
    await of('b').end();
    await of('c').end();
    expect([first.doneOffsets, second.doneOffsets]).toEqual([[1], [2]]);
  });

  it('joins what waits, over batches, and says that each of its records is done', async () => {
    const { engine, of, running } = setUp();
    const batches = [0, 1, 2, 3].map((offset) => batchOf([record(offset, 'a')]));
    for (const batch of batches) await engine.take(batch);
    await of('a').end();
    expect(running).toHaveLength(1);
    expect(of('a').work).toMatchObject({ change: { version: versionAt(4), columns: { city: text('city 4') } } });
    expect(of('a').place.offset).toBe(3n);
    await of('a').end();
    expect(batches.map(({ doneOffsets }) => doneOffsets)).toEqual([[0], [1], [2], [3]]);
    expect(running).toHaveLength(0);
  });

  it('keeps the answers to customers one by one, in their place among the changes', async () => {
    const { engine, of } = setUp();
    await engine.take(batchOf([record(0, 'a'), record(1, 'a'), record(2, '?a'), record(3, 'a'), record(4, 'a')]));
    const order: bigint[] = [];
    for (let i = 0; i < 4; i++) {
      order.push(of('a').place.offset);
      await of('a').end();
    }
    expect(order).toEqual([0n, 1n, 2n, 4n]);
  });

  it('tries again what fails for a while, and leaves its record undone so long', async () => {
    const { engine, of, metrics } = setUp();
    const batch = batchOf([record(0, 'a'), record(1, 'b')]);
    await engine.take(batch);
    await of('a').fail(transient());
    await of('b').end();
    expect([batch.doneOffsets, batch.halts]).toEqual([[1], []]);
    expect((await metrics.retries.get()).values[0]?.value).toBe(1);
    for (let i = 0; i < 500 && of('a') === undefined; i++) await new Promise((resolve) => setTimeout(resolve, 1));
    await of('a').end();
    expect(batch.doneOffsets).toEqual([1, 0]);
  });

  describe('when there is no room', () => {
    it('lets nobody go on until enough is done', async () => {
      const { engine, of } = setUp({ maxPendingBytes: 600 });
      let went = 0;
      const take = (offset: number, value: string): void =>
        void engine.take(batchOf([record(offset, value)])).then(() => went++);
      take(0, 'a');
      take(1, 'b');
      await settle();
      expect(went).toBe(2);
      take(2, 'c');
      take(3, 'a');
      await settle();
      expect(went).toBe(2);
      await of('b').end();
      expect(went).toBe(2);
      await of('a').end();
      expect(went).toBe(4);
    });

    it.each(['end', 'fail'] as const)('has all its room again when everything came to its %s', async (how) => {
      const { engine, running, pendingBytes } = setUp({ concurrency: 2 });
      await engine.take(batchOf([record(0, 'a b'), record(1, 'a'), record(2, ''), record(3, 'b c'), record(4, '?a')]));
      expect(await pendingBytes()).toBeGreaterThan(4 * 256);
      while (running.length > 0) await running[0]?.[how](new Error('refused'));
      expect(await pendingBytes()).toBe(0);
    });
  });

  describe('when a record cannot be done', () => {
    it('halts its partition and goes on with others', async () => {
      const { engine, of, keys } = setUp();
      const batch = batchOf([record(0, 'a b'), record(1, 'c')]);
      await engine.take(batch);
      await of('a').fail(new Error('refused'));
      await of('b').end();
      await of('c').end();
      expect([batch.halts, batch.doneOffsets]).toEqual([[{ offset: 0, cause: new Error('refused') }], []]);
      const other = batchOf([record(0, 'd', 1)]);
      await engine.take(other);
      expect(keys()).toEqual(['d']);
      await of('d').end();
      expect(other.doneOffsets).toEqual([0]);
    });

    it('halts at every record of the change it failed with', async () => {
      const { engine, of } = setUp();
      const batch = batchOf([record(0, 'a'), record(1, 'a'), record(2, 'a')]);
      await engine.take(batch);
      await of('a').end();
      await of('a').fail(new Error('refused'));
      expect(batch.halts.map(({ offset }) => offset)).toEqual([1, 2]);
    });

    it('begins nothing behind it', async () => {
      const { engine, of, keys } = setUp({ concurrency: 2 });
      const batch = batchOf([record(0, 'a'), record(1, 'b'), record(2, 'a'), record(3, 'c')]);
      await engine.take(batch);
      await of('b').fail(new Error('refused'));
      expect(keys()).toEqual(['a']);
      await of('a').end();
      expect([keys(), batch.doneOffsets]).toEqual([[], [0]]);
    });

    it('halts at one that cannot be read, takes nothing behind it, and what is before it goes on', async () => {
      const { engine, of, keys } = setUp();
      const batch = batchOf([record(0, 'a'), record(1, '!'), record(2, 'b')]);
      await engine.take(batch);
      expect([keys(), batch.halts]).toEqual([['a'], [{ offset: 1, cause: new Error('unreadable') }]]);
      await of('a').end();
      expect(batch.doneOffsets).toEqual([0]);
    });
  });

  it('does not begin what waits for a partition that went away, and gives its room back', async () => {
    const { engine, of, keys, pendingBytes } = setUp({ concurrency: 1 });
    const gone = batchOf([record(0, 'a'), record(1, 'a'), record(2, 'b')]);
    const kept = batchOf([record(0, 'c', 1)]);
    await engine.take(gone);
    await engine.take(kept);
    gone.abandon();
    await of('a').end();
    expect([keys(), gone.doneOffsets]).toEqual([['c'], []]);
    await of('c').end();
    expect([kept.doneOffsets, await pendingBytes()]).toEqual([[0], 0]);
  });

  it('does for those who remain what others need no more', async () => {
    const { engine, of } = setUp();
    const [before, gone, again] = [0, 1, 1].map((offset) => batchOf([record(offset, 'a')]));
    for (const batch of [before, gone]) await engine.take(batch as never);
    gone?.abandon();
    await engine.take(again as never);
    await of('a').end();
    await of('a').end();
    expect([before?.doneOffsets, gone?.doneOffsets, again?.doneOffsets]).toEqual([[0], [], [1]]);
  });

  it('stops when nothing runs any more, and begins nothing meanwhile', async () => {
    const { engine, of, keys } = setUp({ concurrency: 1 });
    const batch = batchOf([record(0, 'a'), record(1, 'b')]);
    await engine.take(batch);
    let isStopped = false;
    void engine.stop().then(() => (isStopped = true));
    await settle();
    expect(isStopped).toBe(false);
    await of('a').end();
    expect([isStopped, keys(), batch.doneOffsets]).toEqual([true, [], [0]]);
    await engine.take(batchOf([record(2, 'c')]));
    expect(keys()).toEqual([]);
  });
});
