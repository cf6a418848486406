/** One contender on one workload: a fresh table, the run, the comparison with what SQL says in the end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChangeTopic } from './change-topic.ts';
import { compareItems } from './compare.ts';
import { bento, bentoMissing } from './contenders/bento.ts';
import { ContenderName, type Program, type ProgramContext, isOurs } from './contenders/contender.ts';
import { projector } from './contenders/projector.ts';
import type { ExpectedState } from './expected-state.ts';
import { readCpuSeconds } from './process-usage.ts';
import { RawForm } from './raw/forms.ts';
import { type RawAnswer, type RawJob, type RawStretch, perSecond } from './raw/raw-job.ts';
import { runChild } from './run-child.ts';
import type { ContenderResult, Measured } from './results.ts';
import { type RunLimits, runProgram } from './run-program.ts';
import { type Target, startTarget } from './target.ts';
import { type Workload, WorkloadName } from './workload.ts';

export interface Course {
  readonly workload: Workload;
  readonly scale: number;
  readonly expected: ExpectedState;
  readonly topic: ChangeTopic;
  /** The program of Bento, if there is one. */
  readonly bento: string | undefined;
  readonly signal: AbortSignal;
}

/** No record committed for so long: the contender is stuck. A batch of large items may take its time. */
export const PATIENCE_SECONDS = 90;

/** A peer that breaks is a result, too. @throws the signal's reason */
export async function measure(contender: ContenderName, course: Course): Promise<ContenderResult> {
  if (contender === ContenderName.oursOrdinary && course.workload.name !== WorkloadName.firstLoad) {
    return { outcome: 'skipped', contender, reason: 'no other than ours here' };
  }
  const missing = contender.startsWith('bento') ? bentoMissing(course.bento) : undefined;
  if (missing !== undefined) return { outcome: 'skipped', contender, reason: missing };
  try {
    return await measureOn(contender, course);
  } catch (error) {
    course.signal.throwIfAborted();
    return { outcome: 'failed', contender, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function measureOn(contender: ContenderName, course: Course): Promise<Measured> {
  await using target = await startTarget(course.workload.preloaded, course.signal);
  const form = Object.values(RawForm).find((name) => name === contender);
  const figures =
    form === undefined ? await measureProgram(contender, course, target) : await measureRaw(form, course, target);
  const comparison = await compareItems(target.client, target.tableName, course.expected, {
    content: isOurs(contender),
  });
  return { outcome: 'measured', contender, ...figures, comparison };
}

type Figures = Omit<Measured, 'outcome' | 'contender' | 'comparison'>;

async function measureProgram(contender: ContenderName, course: Course, target: Target): Promise<Figures> {
  const events = course.workload.operations.length;
  const limits = { patienceSeconds: PATIENCE_SECONDS, signal: course.signal };
  const { seconds, secondsFromStart, cpuSeconds, dynamodbCpuSeconds, peakRssBytes } = await withProgram(
    contender,
    { course, target },
    limits,
  );
  return {
    events,
    seconds,
    secondsFromStart,
    cpuSecondsPer1000: (cpuSeconds / events) * 1000,
    dynamodbCpuSecondsPer1000: (dynamodbCpuSeconds / events) * 1000,
    peakRssBytes,
  };
}

/** Runs ours or Bento in a directory of its own, which stays only when the run fails: it holds the log. */
export async function withProgram(
  contender: ContenderName,
  { course, target }: { readonly course: Course; readonly target: Target },
  limits: RunLimits,
) {
  const directory = await mkdtemp(join(tmpdir(), 'hybridge-bench-'));
  const context = { topic: course.topic, target, directory };
  const figures = await runProgram(await programOf(contender, context, course), context, limits);
  await rm(directory, { recursive: true });
  return figures;
}

async function programOf(contender: ContenderName, context: ProgramContext, course: Course): Promise<Program> {
  if (isOurs(contender)) return projector(context, firstLoadOf(contender, course));
  return bento({ binary: course.bento as string, inFlight: contender === ContenderName.bento1 ? 1 : 64 }, context);
}

const firstLoadOf = (contender: ContenderName, { workload }: Course): 'ordinary' | 'bulk' =>
  contender === ContenderName.ours && workload.name === WorkloadName.firstLoad ? 'bulk' : 'ordinary';

async function measureRaw(form: RawForm, { workload, scale, signal }: Course, target: Target): Promise<Figures> {
  const { endpoints, tableName } = target;
  const cpu = readCpuSeconds(target.pid);
  const job: RawJob = {
    form,
    workload: workload.name,
    scale,
    endpoint: endpoints.dynamodb.endpoint,
    region: endpoints.region,
    credentials: endpoints.credentials,
    tableName,
  };
  const answer = await runChild<RawAnswer>('raw/raw-main.ts', job, signal);
  const { main, peakRssBytes } = answer;
  return {
    events: main.events,
    seconds: main.seconds,
    cpuSecondsPer1000: (main.cpuSeconds / main.events) * 1000,
    dynamodbCpuSecondsPer1000: ((readCpuSeconds(target.pid) - cpu) / workload.operations.length) * 1000,
    peakRssBytes,
    remark: remarkOf(answer),
  };
}

const remarkOf = ({ trials, main }: RawAnswer): string => {
  const rate = (stretch: RawStretch): string => Math.round(perSecond(stretch)).toLocaleString('en-US');
  const tried = trials.map((trial) => `${trial.inFlight}: ${rate(trial)}`).join(', ');
  return `${main.inFlight} in flight, best of ${tried} events/s; its peak memory includes all changes, decoded`;
};
