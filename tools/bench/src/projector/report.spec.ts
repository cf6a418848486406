import type { Comparison } from './compare.ts';
import { formatBacklog, formatEngine, formatWorkload } from './report.ts';
import { type ContenderResult, type Measured, ceilingOf, ourFaults } from './results.ts';

const clean: Comparison = { matched: 100, stale: 0, resurrected: 0, lost: 0, differing: 0 };

const measured = (contender: Measured['contender'], perSecond: number, comparison = clean): Measured => ({
  outcome: 'measured',
  contender,
  events: perSecond * 10,
  seconds: 10,
  cpuSecondsPer1000: 0.5,
  dynamodbCpuSecondsPer1000: 0.75,
  peakRssBytes: 150 * 2 ** 20,
  comparison,
});

const workload = (...results: readonly ContenderResult[]) => ({ workload: 'wide', title: 'a test', results });

describe('report of a workload', () => {
  it('puts every rate beside ours and beside the best conditional ceiling', () => {
    const results = [
      measured('ours', 1_000),
      measured('bento-64', 4_000, { ...clean, stale: 45, resurrected: 5, lost: 2 }),
      measured('update-item', 1_100),
      measured('partiql', 1_250),
      measured('batch-write', 5_000),
    ];
    expect(ceilingOf(results)).toBe(1_250);
    const lines = formatWorkload(workload(...results)).split('\n');
    expect(lines.find((line) => line.startsWith('| Hybridge'))).toBe(
      '| Hybridge projector | 1,000 | 1.00 | 0.80 | 0.50 | 0.75 | 150 | 0 | 0 |',
    );
    expect(lines.find((line) => line.startsWith('| Bento'))).toMatch(
      /\| 4,000 \| 4\.00 \| 3\.20 \|.*\| 45 \(5 of them deleted in SQL\) \| 2 \|$/,
    );
  });

  it('keeps the columns of a contender that did not run', () => {
    const lines = formatWorkload(
      workload(
        { outcome: 'skipped', contender: 'bento-64', reason: 'no Bento here' },
        { outcome: 'failed', contender: 'bento-1', reason: 'stuck\nwith a log' },
      ),
    ).split('\n');
    const columns = new Set(lines.slice(2).map((line) => line.split('|').length));
    expect(columns).toEqual(new Set([11]));
    expect(lines).toContainEqual(expect.stringContaining('| skipped: no Bento here |'));
    expect(lines).toContainEqual(expect.stringContaining('| failed: stuck |'));
  });

  it('gives no ratio where there is nothing to compare with', () => {
    expect(formatWorkload(workload(measured('bento-64', 10)))).toContain('| 10 |  |  | 0.50 |');
  });
});

describe('ourFaults', () => {
  it('passes over what is wrong with others', () => {
    expect(ourFaults({ workloads: [workload(measured('bento-64', 1, { ...clean, stale: 9 }))] })).toEqual([]);
  });

  it.each(['stale', 'lost', 'differing'] as const)('names anything of ours that is %s', (kind) => {
    const result = workload(measured('ours', 1, { ...clean, [kind]: 3 }));
    expect(ourFaults({ workloads: [result] })).toEqual([expect.stringContaining(`3 ${kind}`)]);
  });

  it('names a run of ours that did not come to its end', () => {
    const result = workload({ outcome: 'failed', contender: 'ours', reason: 'stuck' });
    expect(ourFaults({ workloads: [result] })).toEqual(['wide: stuck']);
  });
});

describe('other reports', () => {
  it('shows the engine beside bare reading', () => {
    const run = { perSecond: 50_000, perCpuSecond: 45_000, peakRssBytes: 2 ** 27 };
    const text = formatEngine({ workload: 'engine', events: 500_000, runs: [{ kind: 'engine', ...run }] });
    expect(text).toContain('| the engine | 50,000 | 45,000 | 128 |');
  });

  it('shows the memory of a backlog', () => {
    const text = formatBacklog({ workload: 'backlog', events: 1e6, seconds: 60, done: 60_000, peakRssBytes: 2 ** 28 });
    expect(text).toContain('| 256 | 60,000 | 60 s |');
  });
});
