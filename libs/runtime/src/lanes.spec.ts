import { createLanes } from './lanes.ts';

/** A task that ends when told to. */
function controlled() {
  let end!: () => void;
  let fail!: (error: Error) => void;
  let started = false;
  const held = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const task = async (): Promise<void> => {
    started = true;
    await held;
  };
  return { task, end, fail, started: () => started };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('createLanes', () => {
  it('runs tasks of one key one after another, in order', async () => {
    const lanes = createLanes({ concurrency: 10 });
    const [first, second] = [controlled(), controlled()];
    const done = [lanes.run('a', first.task), lanes.run('a', second.task)];
    await settle();
    expect([first.started(), second.started()]).toEqual([true, false]);
    first.end();
    await settle();
    expect(second.started()).toBe(true);
    second.end();
    await Promise.all(done);
    expect(lanes.size).toBe(0);
  });

  it('runs different keys side by side, at most so many', async () => {
    const lanes = createLanes({ concurrency: 2 });
    const tasks = [controlled(), controlled(), controlled()];
    const done = tasks.map(({ task }, i) => lanes.run(`key ${i}`, task));
    await settle();
    expect(tasks.map(({ started }) => started())).toEqual([true, true, false]);
    tasks[1]?.end();
    await settle();
    expect(tasks[2]?.started()).toBe(true);
    tasks.forEach(({ end }) => end());
    await Promise.all(done);
  });

  it('a waiting lane takes no place of others', async () => {
    const lanes = createLanes({ concurrency: 2 });
    const [held, behind, other] = [controlled(), controlled(), controlled()];
    const done = [lanes.run('a', held.task), lanes.run('a', behind.task), lanes.run('b', other.task)];
    await settle();
    expect([behind.started(), other.started()]).toEqual([false, true]);
    [held, behind, other].forEach(({ end }) => end());
    await Promise.all(done);
  });

  it('hands back results, and a failure only to its own caller', async () => {
    const lanes = createLanes({ concurrency: 1 });
    const failing = lanes.run('a', () => Promise.reject(new Error('broken')));
    const next = lanes.run('a', () => Promise.resolve('fine'));
    await expect(failing).rejects.toThrow('broken');
    await expect(next).resolves.toBe('fine');
    await expect(lanes.run('a', () => Promise.resolve(1))).resolves.toBe(1);
  });

  it('keeps order and limit over many tasks', async () => {
    const lanes = createLanes({ concurrency: 3 });
    const order = new Map<string, number[]>();
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 300 }, (_, i) =>
        lanes.run(`key ${i % 7}`, async () => {
          most = Math.max(most, ++running);
          await settle();
          order.set(`key ${i % 7}`, [...(order.get(`key ${i % 7}`) ?? []), i]);
          running--;
        }),
      ),
    );
    expect(most).toBe(3);
    for (const seen of order.values()) expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});
