import type { ItemReads } from './item-reads.ts';

/**
 * Reads that are slow are sent a second time; the first answer counts, and the other call is given up. A call that
 * fails before that is not sent again.
 * @param hedgeAfterMs about the 95th percentile of a read, so that one in twenty costs twice
 */
export const hedgedGet =
  (get: ItemReads['get'], hedgeAfterMs: number): ItemReads['get'] =>
  (key, options) =>
    new Promise((resolve, reject) => {
      const calls: AbortController[] = [];
      let failures = 0;
      const finish = (): void => {
        clearTimeout(timer);
        for (const call of calls) call.abort();
      };
      const start = (): void => {
        const call = new AbortController();
        calls.push(call);
        get(key, { ...options, signal: call.signal }).then(
          (item) => {
            finish();
            resolve(item);
          },
          (error: unknown) => {
            failures += 1;
            if (failures < calls.length) return;
            finish();
            reject(error as Error);
          },
        );
      };
      const timer = setTimeout(start, hedgeAfterMs);
      start();
    });
