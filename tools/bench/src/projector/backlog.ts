import { type Course, PATIENCE_SECONDS, withProgram } from './measure.ts';
import type { BacklogResult } from './results.ts';
import { startTarget } from './target.ts';

const SECONDS = 60;

/** How much memory the projector takes while far more waits than the sink can take. */
export async function measureBacklog(course: Course): Promise<BacklogResult> {
  await using target = await startTarget(course.workload.preloaded, course.signal);
  const limits = { stopAfterSeconds: SECONDS, patienceSeconds: PATIENCE_SECONDS, signal: course.signal };
  const { seconds, left, peakRssBytes } = await withProgram('ours', { course, target }, limits);
  return {
    workload: 'backlog',
    events: course.topic.records,
    seconds,
    done: course.topic.records - left,
    peakRssBytes,
  };
}
