import { parseMetrics } from '@hybridge/local-stack';
import { type Snapshot, formatHops, formatHopsLine, measureHops } from './hops.ts';

const projector = (changes: number, fast: number, slow: number): string =>
  [
    `projector_changes_total{view="orders",outcome="applied"} ${changes}`,
    `projector_commit_to_item_seconds_bucket{le="0.05"} ${fast}`,
    `projector_commit_to_item_seconds_bucket{le="2"} ${fast + slow}`,
    `projector_commit_to_item_seconds_bucket{le="+Inf"} ${fast + slow}`,
    'projector_lag_records{topic="t",partition="0"} 3',
    'projector_lag_records{topic="t",partition="1"} 4',
  ].join('\n');

const snapshot = (at: number, text: string): Snapshot => ({ at, apps: { projector: parseMetrics(text) } });

describe('the live view', () => {
  const hops = measureHops(snapshot(12_000, projector(150, 90, 10)), snapshot(10_000, projector(50, 0, 0)));

  it('shows the rate, the quantiles and the lag between two moments', () => {
    expect(hops[0]).toMatchObject({ perSecond: 50, total: 150, lag: '7 records' });
    expect(hops[0]?.p50Ms).toBeLessThan(50);
    expect(hops[0]?.p99Ms).toBeGreaterThan(50);
  });

  it('shows a dash where nothing happened, and no negative rate after a restart', () => {
    const restarted = measureHops(snapshot(12_000, projector(1, 0, 0)), snapshot(10_000, projector(50, 0, 0)));
    expect(restarted[0]).toMatchObject({ perSecond: 0, p50Ms: undefined });
    expect(formatHops(restarted)[1]).toContain('–');
  });

  it('keeps its columns in line', () => {
    const [heading = '', first = '', ...others] = formatHops(hops);
    expect(others).toHaveLength(3);
    expect(first.indexOf('50.0') + 4).toBe(heading.indexOf('per s') + 5);
  });

  it('has a plain form of one line', () => {
    expect(formatHopsLine(hops)).not.toContain('\n');
    expect(formatHopsLine(hops)).toContain('50.0/s');
  });
});
