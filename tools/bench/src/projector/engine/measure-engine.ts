import { fillTopic } from '../change-topic.ts';
import type { EngineResult, EngineRun } from '../results.ts';
import { runChild } from '../run-child.ts';
import { WorkloadName, createWorkload } from '../workload.ts';
import { type EngineAnswer, type EngineJob, EngineKind } from './engine-job.ts';

/** Of the backlog's events: enough for several seconds at the rates wanted. */
const SHARE = 0.5;

/** What the projector's engine takes for an event, with the bare reading of the same topic beside it. */
export async function measureEngine(
  brokers: readonly string[],
  scale: number,
  signal: AbortSignal,
): Promise<EngineResult> {
  const { operations } = createWorkload(WorkloadName.backlog, scale * SHARE);
  const { topic, records } = await fillTopic(brokers, { name: 'engine', operations }, signal);
  const runs: EngineRun[] = [];
  for (const kind of Object.values(EngineKind)) {
    const job: EngineJob = { kind, brokers, topic, records };
    const { seconds, cpuSeconds, peakRssBytes } = await runChild<EngineAnswer>('engine/engine-main.ts', job, signal);
    runs.push({ kind, perSecond: records / seconds, perCpuSecond: records / cpuSeconds, peakRssBytes });
  }
  return { workload: 'engine', events: records, runs };
}
