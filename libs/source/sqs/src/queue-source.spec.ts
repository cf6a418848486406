import { silentLogger } from '@hybridge/observability';
import { QueueSourceError } from './errors.ts';
import type { QueueCalls } from './queue-calls.ts';
import type { Receipt } from './queue-message.ts';
import { type HandleMessages, type QueueSourceOptions, createQueueSourceOf } from './queue-source.ts';

/** A queue in memory: hands out each batch once, then nothing until it is stopped. */
function queueOf(...batches: (readonly Receipt[] | Error)[]) {
  const removed: string[] = [];
  const invisible: [id: string, seconds: number][] = [];
  const waiting: (() => void)[] = [];
  const changed = (): void => waiting.splice(0).forEach((wake) => wake());
  const calls: QueueCalls = {
    async receive(_, signal) {
      const batch = batches.shift();
      if (batch instanceof Error) throw batch;
      if (batch !== undefined) return batch;
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
      throw new QueueSourceError('ReceiveMessage', 'transient', 'aborted');
    },
    async remove(receipts) {
      removed.push(...receipts.map((receipt) => receipt.message.id));
      changed();
      return [];
    },
    async keepInvisible(receipts, secondsOf) {
      invisible.push(...receipts.map((one): [string, number] => [one.message.id, secondsOf(one)]));
      changed();
      return [];
    },
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { calls, removed, invisible, until };
}

const receipt = (id: string, receiveCount = 1): Receipt => ({
  message: { id, body: `body of ${id}`, receiveCount, sentAt: 0 },
  handle: id,
});

const sourceOf = (calls: QueueCalls, options: Partial<QueueSourceOptions> = {}) =>
  createQueueSourceOf(calls, { queueUrl: 'http://queue', logger: silentLogger(), pollers: 1, ...options });

const succeed: HandleMessages = async () => ({ failed: [] });

describe('queue source', () => {
  it('deletes handled messages and gives failed ones back, later each time', async () => {
    const queue = queueOf([receipt('a'), receipt('b', 4), receipt('c')]);
    const stop = new AbortController();
    const run = sourceOf(queue.calls).run(async () => ({ failed: ['b'] }), stop.signal);
    await queue.until(() => queue.invisible.some(([id]) => id === 'b') && queue.removed.length === 2);
    stop.abort();
    await run;
    expect(queue.removed).toEqual(['a', 'c']);
    const delay = queue.invisible.find(([id]) => id === 'b')?.[1] ?? 0;
    expect(delay).toBeGreaterThanOrEqual(8);
    expect(delay).toBeLessThanOrEqual(16);
  });

  it('gives all messages back when the handler throws, and goes on', async () => {
    const queue = queueOf([receipt('a'), receipt('b')], [receipt('c')]);
    const stop = new AbortController();
    const run = sourceOf(queue.calls).run(async (messages) => {
      if (messages[0]?.id === 'a') throw new Error('boom');
      return { failed: [] };
    }, stop.signal);
    await queue.until(() => queue.removed.includes('c'));
    stop.abort();
    await run;
    expect(queue.removed).toEqual(['c']);
    expect(queue.invisible.map(([id]) => id)).toEqual(['a', 'b']);
  });

  it('keeps messages invisible while their handler runs', async () => {
    const queue = queueOf([receipt('a')]);
    const stop = new AbortController();
    const renewed = () => queue.invisible.filter(([, seconds]) => seconds === 77).length >= 2;
    const run = sourceOf(queue.calls, { visibilitySeconds: 77, renewEveryMs: 1 }).run(async () => {
      await queue.until(renewed);
      return { failed: [] };
    }, stop.signal);
    await queue.until(() => queue.removed.length === 1);
    stop.abort();
    await run;
    expect(renewed()).toBe(true);
  });

  it('stops only after the running handler, whose messages are still deleted', async () => {
    const queue = queueOf([receipt('a')]);
    const stop = new AbortController();
    let ended = false;
    let finish = (): void => undefined;
    const entered = new Promise<void>((resolveEntered) => {
      const run = sourceOf(queue.calls).run(async () => {
        resolveEntered();
        await new Promise<void>((resolve) => (finish = resolve));
        return { failed: [] };
      }, stop.signal);
      void run.then(() => (ended = true));
    });
    await entered;
    stop.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(false);
    finish();
    await queue.until(() => queue.removed.length === 1);
    expect(queue.removed).toEqual(['a']);
  });

  it('handles batches side by side, as many as there are pollers', async () => {
    const queue = queueOf([receipt('a')], [receipt('b')], [receipt('c')]);
    const stop = new AbortController();
    let running = 0;
    let most = 0;
    const open: (() => void)[] = [];
    const run = sourceOf(queue.calls, { pollers: 2 }).run(async () => {
      most = Math.max(most, ++running);
      if (open.length === 0 && running === 1) await new Promise<void>((resolve) => open.push(resolve));
      else open.splice(0).forEach((go) => go());
      running--;
      return { failed: [] };
    }, stop.signal);
    await queue.until(() => queue.removed.length >= 2);
    stop.abort();
    open.forEach((go) => go());
    await run;
    expect(most).toBe(2);
  });

  it('goes on when the queue did not answer for a while', async () => {
    const down = new QueueSourceError('ReceiveMessage', 'transient', new Error('down'));
    const queue = queueOf(down, [receipt('a')]);
    const stop = new AbortController();
    const run = sourceOf(queue.calls).run(succeed, stop.signal);
    await queue.until(() => queue.removed.length === 1);
    stop.abort();
    await run;
  });

  it('ends with the error when the queue cannot be read at all', async () => {
    const denied = new QueueSourceError('ReceiveMessage', 'permanent', new Error('denied'));
    const run = sourceOf(queueOf(denied).calls, { pollers: 2 }).run(succeed, new AbortController().signal);
    await expect(run).rejects.toBe(denied);
  });
});
