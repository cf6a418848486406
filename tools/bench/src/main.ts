/**
 * `npm run bench`: the loop; `-- projector`: the projector beside its peers; `-- customers`: reads and changes beside
 * hand-written ones; `-- lazy`: what lazy views cost; `-- joins`: what views cost that embed rows.
 */
import { benchCustomers } from './customers/customers-bench.ts';
import { benchJoins } from './joins/joins-bench.ts';
import { measureLazy } from './lazy/measure-lazy.ts';
import { formatLazy } from './lazy/report.ts';
import { benchLoop } from './loop-bench.ts';
import { benchProjector } from './projector/projector-bench.ts';

/** What shells say of a program ended by Ctrl-C. */
const STOPPED = 130;

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort(new Error('stopped')));

process.exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
  if (stopping.signal.aborted) return STOPPED;
  throw error;
});

async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  switch (name) {
    case 'projector':
      return benchProjector(rest, stopping.signal);
    case 'customers':
      return benchCustomers(rest, stopping.signal);
    case 'joins':
      return benchJoins(rest, stopping.signal);
    case 'lazy':
      console.log(formatLazy(await measureLazy()));
      return 0;
    default:
      return benchLoop(args, stopping.signal);
  }
}
