/** Ends a native stack from outside: the one on the configured ports, and what crashed runs left. */
import type { StackConfig } from './config.ts';
import { openCache } from './install/cache.ts';
import { endProcess } from './native/end-process.ts';
import { clearCrashedRuns, liveRuns } from './native/run-directory.ts';

/** A starter gets this long to end its components before it is killed and they are ended here, in milliseconds. */
const ownerGraceMs = 15_000;

/**
 * Stacks on other ports, such as those of running tests, are left alone.
 *
 * @returns one sentence for each thing that was ended.
 */
export async function stopRunningStacks(config: StackConfig): Promise<string[]> {
  const { runs } = openCache(config.cacheDirectory);
  const ours = new Set(Object.values(config.ports));
  const live = liveRuns(runs).filter(({ record }) => Object.values(record.ports ?? {}).some((port) => ours.has(port)));
  const others = live.filter(({ record }) => record.owner.pid !== process.pid);
  await Promise.all(others.map(({ record }) => endProcess(record.owner, { signal: 'SIGTERM', graceMs: ownerGraceMs })));
  const stopped = others.map(({ path, record }) => `stopped the stack of process ${record.owner.pid} (${path})`);
  return [...stopped, ...(await clearCrashedRuns(runs))];
}
