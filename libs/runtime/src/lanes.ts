/**
 * Runs tasks of one key one after another, in the order they came, and tasks of different keys side by side,
 * at most `concurrency` at once. A task that fails rejects its own promise and does not hold up its lane.
 */
export interface Lanes {
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
  /** Tasks that run or wait. */
  readonly size: number;
}

export function createLanes(options: { readonly concurrency: number }): Lanes {
  const tails = new Map<string, Promise<unknown>>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let size = 0;

  const acquire = (): Promise<void> | undefined => {
    if (running < options.concurrency) {
      running++;
      return undefined;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  };
  const limited = async <T>(task: () => Promise<T>): Promise<T> => {
    await acquire();
    try {
      return await task();
    } finally {
      release();
    }
  };

  return {
    get size() {
      return size;
    },
    async run(key, task) {
      size++;
      const before = tails.get(key);
      const current = before === undefined ? limited(task) : before.then(() => limited(task));
      const tail = current.catch(() => undefined);
      tails.set(key, tail);
      try {
        return await current;
      } finally {
        size--;
        if (tails.get(key) === tail) tails.delete(key);
      }
    },
  };
}
