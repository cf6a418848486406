/** The section "Joins" of docs/benchmarks.md, as Markdown. */
import { type Calls, entriesOf } from './call-meter.ts';
import type { CaseFigures, JobFigures, JoinsResult, LatencyFigures, StageFigures } from './figures.ts';

export const formatResult = ({ machine, startedAt, command, rounds, changes, seconds, stages }: JoinsResult): string =>
  [
    '## Joins',
    `\`\`\`sh\n${command}\n\`\`\``,
    `${machine}, ${startedAt.slice(0, 10)}, seed and measures in ${Math.round(seconds)} s. The projector's engine on one DynamoDB Local, without Kafka; ${rounds} rounds of ${changes} changes each, the same changes in turns into the view and into one that embeds nothing. Rates and ratios are medians of the rounds.`,
    ...stages.slice(-1).map(formatStage),
    ...(stages.length > 1 ? [formatGrowth(stages)] : []),
  ].join('\n\n');

export const formatStage = ({ size, put, putSeconds, cases, jobs, latencies }: StageFigures): string =>
  [
    `**A view of ${whole(size)} items** (${whole(put)} put in ${putSeconds.toFixed(0)} s). Writes and reads of one change, counted on the wire; in brackets by the protocol's table. *Tried twice*: an update that found no item, and became an insert.`,
    formatCases(cases),
    ...(jobs.length > 0 ? [formatJobs(jobs, cases)] : []),
    ...(latencies.length > 0 ? [formatLatencies(latencies)] : []),
  ].join('\n\n');

const CASE_HEADER = [
  'change',
  'changes/s',
  'to no join',
  'rows told/s',
  'writes',
  'refused',
  'tried twice',
  'least',
  'reads',
  'queries',
  'by condition, refused as −',
] as const;

const formatCases = (cases: readonly CaseFigures[]): string => table(CASE_HEADER, cases.map(caseCells));

function caseCells(one: CaseFigures): readonly string[] {
  const { expected, calls, changes } = one;
  return [
    one.name,
    whole(one.perSecond),
    one.ratio.toFixed(2),
    one.fanOut === undefined ? '' : whole(one.perSecond * one.fanOut),
    counted(calls.accepted / changes, expected.accepted),
    counted(refusedIn(calls) / changes, expected.refused),
    short((calls.refused - refusedIn(calls)) / changes),
    String(one.least),
    counted(calls.gets / changes, expected.gets),
    short(calls.queries / changes),
    conditionsOf(calls, changes),
  ];
}

const counted = (value: number, expected: number): string => `${short(value)} (${expected})`;

/** Writes whose condition did not hold, whatever forms of them were tried. */
const refusedIn = (calls: Calls): number => entriesOf(calls).reduce((sum, [, { refused }]) => sum + refused, 0);

/** @param per changes, or rows that were told */
export const conditionsOf = (calls: Calls, per: number): string =>
  entriesOf(calls)
    .flatMap(([name, { accepted, refused }]) => [
      ...(accepted > 0 ? [`${name} ${short(accepted / per)}`] : []),
      ...(refused > 0 ? [`−${name} ${short(refused / per)}`] : []),
    ])
    .join(', ');

const JOB_HEADER = [
  'fan-out by a job',
  'rows told/s',
  'to at once',
  'writes a row',
  'refused',
  'reads',
  'queries',
] as const;

function formatJobs(jobs: readonly JobFigures[], cases: readonly CaseFigures[]): string {
  const atOnce = cases.findLast(({ fanOut }) => fanOut !== undefined);
  const base = atOnce === undefined ? undefined : atOnce.perSecond * (atOnce.fanOut as number);
  return table(
    JOB_HEADER,
    jobs.map(({ fanOut, jobs: count, projectors, itemsPerSecond, items, calls }) => [
      `${plural(count, 'job')} of ${whole(fanOut)} rows, ${plural(projectors, 'projector')}`,
      whole(itemsPerSecond),
      base === undefined ? '' : (itemsPerSecond / base).toFixed(2),
      (calls.accepted / items).toFixed(3),
      (calls.refused / items).toFixed(3),
      (calls.gets / items).toFixed(3),
      (calls.queries / items).toFixed(3),
    ]),
  );
}

const LATENCY_HEADER = ['fresh changes, 50/s', 'no job, p50 / p99 ms', 'with a job', 'ratio of p50'] as const;

const formatLatencies = (latencies: readonly LatencyFigures[]): string =>
  table(
    LATENCY_HEADER,
    latencies.map(({ itemsPerSecond, withoutMs, withMs, ratio }) => [
      itemsPerSecond === undefined
        ? 'a job as fast as it goes'
        : `a job at ${whole(itemsPerSecond)} rows/s, the default`,
      `${withoutMs.p50.toFixed(1)} / ${withoutMs.p99.toFixed(1)}`,
      `${withMs.p50.toFixed(1)} / ${withMs.p99.toFixed(1)}`,
      ratio.toFixed(2),
    ]),
  );

/** Whether a change costs more in a larger view. */
function formatGrowth(stages: readonly StageFigures[]): string {
  const names = [...new Set(stages.flatMap(({ cases, jobs }) => [...cases, ...jobs].map(nameOf)))];
  const header = ['items of the view', ...stages.map(({ size }) => whole(size))];
  const lines = names.map((name) => [name, ...stages.map((stage) => growthCell(stage, name))]);
  return `**Growth**: changes/s (× those of the view that embeds nothing), writes a change with refused ones; of jobs rows told/s, writes a row.\n\n${table(header, lines)}`;
}

const nameOf = (one: CaseFigures | JobFigures): string =>
  'name' in one
    ? one.name
    : `${plural(one.jobs, 'job')} of ${whole(one.fanOut)}, ${plural(one.projectors, 'projector')}`;

function growthCell({ cases, jobs }: StageFigures, name: string): string {
  const one = [...cases, ...jobs].find((figures) => nameOf(figures) === name);
  if (one === undefined) return '';
  const writes = one.calls.accepted + one.calls.refused;
  if ('name' in one) return `${whole(one.perSecond)} (${one.ratio.toFixed(2)}), ${short(writes / one.changes)} W`;
  return `${whole(one.itemsPerSecond)}, ${short(writes / one.items)} W`;
}

function table(header: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(header), row(header.map((_, i) => (i === 0 ? '---' : '---:'))), ...lines.map(row)].join('\n');
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const short = (value: number): string => String(Math.round(value * 100) / 100);
