import { formatResults, formatWorkload } from './report.ts';
import { type ComparedLine, type WorkloadResult, ourFaults } from './results.ts';

const line = (contender: string, more: Partial<ComparedLine> = {}): ComparedLine => ({
  contender,
  ours: contender === 'ours',
  p50Ms: 1.234,
  p99Ms: 5.678,
  perSecond: 12_345.6,
  faults: [],
  ...more,
});

const result = (lines: readonly ComparedLine[], more: Partial<WorkloadResult> = {}): WorkloadResult => ({
  workload: 'sdk-hit',
  title: 'a test',
  comparisons: [{ setting: '16 at once', rounds: 11, callsPerRound: 2_000, lines }],
  facts: [],
  remarks: [],
  faults: [],
  ...more,
});

describe('report of a workload', () => {
  it('shows each contender with the ratio of ours to it', () => {
    const text = formatWorkload(result([line('bare', { oursToThis: { p50: 1.05, p99: 0.9 } }), line('ours')]));
    expect(text).toContain('| 16 at once | bare | 1.23 | 5.68 | 12,346 | 1.05 | 0.90 | 0 |');
    expect(text).toContain('| 16 at once | ours | 1.23 | 5.68 | 12,346 |  |  | 0 |');
    expect(text).toContain('11 rounds of 2000 calls in turns.');
  });

  it('keeps a wrong answer in its cell', () => {
    const text = formatWorkload(result([line('bare', { faults: ['an | error\n  with a stack'] })]));
    expect(text).toContain('| 1 wrong: an / error with a stack |');
  });

  it('shows what was counted, with its target', () => {
    const text = formatWorkload(
      result([], { comparisons: [], facts: [{ name: 'SQL queries', value: '1', target: '1' }], remarks: ['a remark'] }),
    );
    expect(text).toContain('| SQL queries | 1 | 1 |');
    expect(text).toContain('- a remark');
    expect(text).not.toContain('p50');
  });

  it('names machine, day and scale', () => {
    const text = formatResults({ machine: '2 cores', startedAt: '2026-11-23T00:10:00Z', scale: 0.1, workloads: [] });
    expect(text).toBe('2 cores, 2026-11-23, scale 0.1');
  });
});

describe('ourFaults', () => {
  it('passes over what is wrong with others', () => {
    expect(ourFaults({ workloads: [result([line('bare', { faults: ['wrong'] }), line('ours')])] })).toEqual([]);
  });

  it('names wrong answers of ours, and what else was wrong', () => {
    const faults = ['a', 'b', 'c', 'd'];
    expect(ourFaults({ workloads: [result([line('ours', { faults })], { faults: ['two queries'] })] })).toEqual([
      'sdk-hit: two queries',
      'sdk-hit, 16 at once: 4 wrong: a; b; c',
    ]);
  });
});
