import { formatSummary, totalOf } from './summary.ts';

const results = [
  { lane: 'sync', durationMs: 1_240, passed: 1, failed: 0, skipped: 0 },
  { lane: 'integration', durationMs: 61_000, passed: 120, failed: 2, skipped: 3 },
];

describe('the summary', () => {
  it('adds up the lanes', () => {
    expect(totalOf(results)).toEqual({ passed: 121, failed: 2 });
  });

  it('shows a line a lane in columns', () => {
    expect(formatSummary(results).split('\n')).toEqual([
      'lane         passed  failed  skipped    time',
      'sync              1       0        0   1.2 s',
      'integration     120       2        3  61.0 s',
    ]);
  });
});
