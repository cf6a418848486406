import { cpus, totalmem } from 'node:os';
import { TITLES } from './contenders/contender.ts';
import type { EngineKind } from './engine/engine-job.ts';
import {
  type BacklogResult,
  type BenchResult,
  type ContenderResult,
  type EngineResult,
  type Failed,
  type Measured,
  type Skipped,
  type WorkloadResult,
  ceilingOf,
  measuredOf,
  perSecondOf,
} from './results.ts';

export const describeMachine = (): string =>
  `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;

/** Markdown, one table a workload. */
export const formatResults = (result: BenchResult): string =>
  [
    `${result.machine}, ${result.startedAt.slice(0, 10)}, scale ${result.scale}`,
    ...result.workloads.map(formatAny),
  ].join('\n\n');

/** The table of one workload. */
export function formatAny(result: BenchResult['workloads'][number]): string {
  if ('results' in result) return formatWorkload(result);
  return result.workload === 'engine' ? formatEngine(result) : formatBacklog(result);
}

const HEADER = [
  'contender',
  'events/s',
  'to ours',
  'to the ceiling',
  'CPU s per 1,000',
  'DynamoDB Local',
  'peak MB',
  'stale',
  'lost',
] as const;

export function formatWorkload({ workload, title, results }: WorkloadResult): string {
  const ours = measuredOf(results).find(({ contender }) => contender === 'ours');
  const base = { ours: ours && perSecondOf(ours), ceiling: ceilingOf(results) };
  return [
    `### ${workload}: ${title}`,
    '',
    row(...HEADER),
    row('---', ...HEADER.slice(1).map(() => '---:')),
    ...results.map((result) => formatContender(result, base)),
    ...remarks(results),
  ].join('\n');
}

interface Base {
  readonly ours: number | undefined;
  readonly ceiling: number | undefined;
}

function formatContender(result: ContenderResult, base: Base): string {
  const title = TITLES[result.contender];
  if (result.outcome !== 'measured') return row(title, reasonOf(result), ...HEADER.slice(2).map(() => ''));
  const rate = perSecondOf(result);
  return row(
    title,
    whole(rate),
    ratio(rate, base.ours),
    ratio(rate, base.ceiling),
    result.cpuSecondsPer1000.toFixed(2),
    result.dynamodbCpuSecondsPer1000.toFixed(2),
    megabytes(result.peakRssBytes),
    staleText(result),
    whole(result.comparison.lost),
  );
}

/** One line: a table row has no room for a log. */
const reasonOf = ({ outcome, reason }: Skipped | Failed): string => `${outcome}: ${reason.split('\n')[0]}`;

function staleText({ comparison: { stale, resurrected, differing } }: Measured): string {
  const notes = [
    ...(resurrected > 0 ? [`${whole(resurrected)} of them deleted in SQL`] : []),
    ...(differing > 0 ? [`${whole(differing)} with other content`] : []),
  ];
  return notes.length === 0 ? whole(stale) : `${whole(stale)} (${notes.join('; ')})`;
}

const remarks = (results: readonly ContenderResult[]): readonly string[] => {
  const lines = measuredOf(results).flatMap((one) => [
    ...(one.remark === undefined ? [] : [`- ${TITLES[one.contender]}: ${one.remark}`]),
    ...(one.secondsFromStart === undefined
      ? []
      : [
          `- ${TITLES[one.contender]}: ${one.seconds.toFixed(1)} s from the first item, ${one.secondsFromStart.toFixed(1)} s from the start of the process`,
        ]),
  ]);
  return lines.length === 0 ? [] : ['', ...lines];
};

const ENGINE_TITLES: Readonly<Record<EngineKind, string>> = {
  consume: 'ceiling: kafkajs and `JSON.parse`',
  engine: 'the engine',
  decide: 'the engine, every write decided and built',
};

export const formatEngine = ({ events, runs }: EngineResult): string =>
  [
    `### engine: ${whole(events)} events out of Kafka into a sink that does nothing`,
    '',
    row('run', 'events/s', 'events per CPU second', 'peak MB'),
    row('---', '---:', '---:', '---:'),
    ...runs.map(({ kind, perSecond, perCpuSecond, peakRssBytes }) =>
      row(ENGINE_TITLES[kind], whole(perSecond), whole(perCpuSecond), megabytes(peakRssBytes)),
    ),
  ].join('\n');

export const formatBacklog = ({ events, done, seconds, peakRssBytes }: BacklogResult): string =>
  [
    `### backlog: ${whole(events)} events wait, DynamoDB Local is the slow sink`,
    '',
    row('peak MB', 'committed', 'in'),
    row('---:', '---:', '---:'),
    row(megabytes(peakRssBytes), whole(done), `${seconds.toFixed(0)} s`),
  ].join('\n');

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const megabytes = (bytes: number): string => whole(bytes / 2 ** 20);
const ratio = (value: number, base: number | undefined): string =>
  base === undefined ? '' : (value / base).toFixed(2);
