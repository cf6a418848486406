/** Child process of a bare loop: writes the changes of a workload out of memory, and prints what it took. */
import { type RowChange } from '@hybridge/protocol';
import { createDynamoDbClient } from '@hybridge/sink-dynamodb';
import { toRowChange } from '../order-row.ts';
import { readPeakRss } from '../process-usage.ts';
import { createWorkload } from '../workload.ts';
import { type RawWriter, TRIED_IN_FLIGHT, createRawWriter } from './forms.ts';
import { runLoop } from './loop.ts';
import { type RawAnswer, type RawJob, type RawStretch, perSecond } from './raw-job.ts';

/** Share of the changes that each number in flight is tried with. */
const TRIAL_SHARE = 0.1;

const job = JSON.parse(process.argv[2] ?? '{}') as RawJob;
const client = createDynamoDbClient(job);
const writer = createRawWriter(job.form, { client, tableName: job.tableName });
const changes = createWorkload(job.workload, job.scale).operations.map(toRowChange);
console.log(JSON.stringify(await measure(changes, writer)));
client.destroy();

async function measure(all: readonly RowChange[], to: RawWriter): Promise<RawAnswer> {
  const share = Math.floor(all.length * TRIAL_SHARE);
  const trials: RawStretch[] = [];
  for (const [i, inFlight] of TRIED_IN_FLIGHT[job.form].entries()) {
    trials.push(await stretch(all.slice(i * share, (i + 1) * share), to, inFlight));
  }
  const best = trials.reduce((a, b) => (perSecond(b) > perSecond(a) ? b : a));
  const main = await stretch(all.slice(trials.length * share), to, best.inFlight);
  return { trials, main, peakRssBytes: readPeakRss(process.pid) };
}

async function stretch(part: readonly RowChange[], to: RawWriter, inFlight: number): Promise<RawStretch> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await runLoop(part, to, inFlight);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { inFlight, events: part.length, seconds, cpuSeconds: (user + system) / 1e6 };
}
