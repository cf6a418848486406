import {
  type BenchResult,
  type ComparedLine,
  type Comparison,
  type Fact,
  type WorkloadResult,
  summaryOf,
} from './results.ts';

/** Markdown, one section a workload. */
export const formatResults = ({ machine, startedAt, scale, workloads }: BenchResult): string =>
  [`${machine}, ${startedAt.slice(0, 10)}, scale ${scale}`, ...workloads.map(formatWorkload)].join('\n\n');

export const formatWorkload = ({ workload, title, comparisons, facts, remarks }: WorkloadResult): string =>
  [
    `### ${workload}: ${title}`,
    ...(comparisons.length === 0 ? [] : [formatComparisons(comparisons)]),
    ...(facts.length === 0 ? [] : [formatFacts(facts)]),
    ...(remarks.length === 0 ? [] : [remarks.map((remark) => `- ${remark}`).join('\n')]),
  ].join('\n\n');

const HEADER = ['setting', 'contender', 'p50 ms', 'p99 ms', 'calls/s', 'ours to this, p50', 'p99', 'wrong'] as const;

function formatComparisons(comparisons: readonly Comparison[]): string {
  return [
    row(...HEADER),
    row('---', '---', ...HEADER.slice(2).map(() => '---:')),
    ...comparisons.flatMap((comparison) => comparison.lines.map((line) => formatLine(comparison, line))),
    '',
    ...comparisons
      .slice(0, 1)
      .map(({ rounds, callsPerRound }) => `${rounds} rounds of ${callsPerRound} calls in turns.`),
  ].join('\n');
}

const formatLine = ({ setting }: Comparison, line: ComparedLine): string =>
  row(
    setting,
    line.contender,
    line.p50Ms.toFixed(2),
    line.p99Ms.toFixed(2),
    Math.round(line.perSecond).toLocaleString('en-US'),
    line.oursToThis?.p50.toFixed(2) ?? '',
    line.oursToThis?.p99.toFixed(2) ?? '',
    line.faults.length === 0 ? '0' : cell(summaryOf(line.faults)),
  );

const formatFacts = (facts: readonly Fact[]): string =>
  [
    row('figure', 'value', 'target'),
    row('---', '---:', '---:'),
    ...facts.map(({ name, value, target }) => row(name, value, target ?? '')),
  ].join('\n');

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** One line, whatever an error said. */
const cell = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '/');
