/** Runs a task for each value, a few at a time, in order. After a failure nothing more is begun. */
export async function sideBySide<T, R>(
  values: readonly T[],
  atOnce: number,
  task: (value: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const rest = values.entries();
  let failed = false;
  const work = async (): Promise<void> => {
    for (const [i, value] of rest) {
      if (failed) return;
      results[i] = await task(value).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.min(atOnce, values.length) }, work));
  const failure = workers.find((worker) => worker.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return results;
}
