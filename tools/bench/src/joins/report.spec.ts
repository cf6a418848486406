import { NO_CALLS } from './call-meter.ts';
import type { CaseFigures, JobFigures, StageFigures } from './figures.ts';
import { conditionsOf, formatResult, formatStage } from './report.ts';

const CASE: CaseFigures = {
  name: 'child, another parent',
  view: 'joined',
  changes: 10,
  fanOut: undefined,
  perSecond: 1234,
  besidePerSecond: 4936,
  ratio: 0.25,
  calls: {
    ...NO_CALLS,
    accepted: 30,
    refused: 11,
    gets: 20,
    byExpression: { upsertEager: { accepted: 10, refused: 10 }, putReference: { accepted: 10, refused: 0 } },
  },
  besideCalls: NO_CALLS,
  expected: { accepted: 3, refused: 1, gets: 2 },
  least: 3,
};

const JOB: JobFigures = {
  fanOut: 10_000,
  jobs: 2,
  projectors: 1,
  itemsPerSecond: 600,
  items: 20_000,
  calls: { ...NO_CALLS, accepted: 20_200, queries: 210 },
};

const stage = (size: number, more: Partial<StageFigures> = {}): StageFigures => ({
  size,
  put: 2 * size,
  putSeconds: 1.2,
  cases: [CASE],
  jobs: [],
  latencies: [],
  faults: [],
  ...more,
});

const RESULT = {
  machine: '2 cores',
  startedAt: '2026-11-23T00:00:00Z',
  command: 'npm run bench -- joins',
  rounds: 5,
  changes: 200,
  seconds: 61,
};

describe('the report', () => {
  it('shows what a change cost beside what it should', () => {
    expect(formatStage(stage(1_000))).toContain(
      '| child, another parent | 1,234 | 0.25 |  | 3 (3) | 1 (1) | 0.1 | 3 | 2 (2) | 0 |',
    );
  });

  it('names conditions, refused ones with a minus', () => {
    expect(conditionsOf(CASE.calls, 10)).toBe('upsertEager 1, −upsertEager 1, putReference 1');
  });

  it('compares jobs with what is told at once', () => {
    const atOnce = { ...CASE, name: 'parent of 100', fanOut: 100, perSecond: 12 };
    expect(formatStage(stage(1_000, { cases: [CASE, atOnce], jobs: [JOB] }))).toContain(
      '| 2 jobs of 10,000 rows, 1 projector | 600 | 0.50 | 1.010 | 0.000 | 0.000 | 0.011 |',
    );
  });

  it('sets sizes side by side, and leaves out what a small view has no room for', () => {
    const text = formatResult({ ...RESULT, stages: [stage(1_000), stage(10_000, { jobs: [JOB] })] });
    expect(text).toContain('| items of the view | 1,000 | 10,000 |');
    expect(text).toContain('| child, another parent | 1,234 (0.25), 4.1 W | 1,234 (0.25), 4.1 W |');
    expect(text).toContain('| 2 jobs of 10,000, 1 projector |  | 600, 1.01 W |');
    expect(formatResult({ ...RESULT, stages: [stage(1_000)] })).not.toContain('**Growth**');
  });

  it('says how much slower fresh changes are beside a job', () => {
    const latencies = [{ itemsPerSecond: 500, withoutMs: { p50: 2, p99: 5 }, withMs: { p50: 3, p99: 9 }, ratio: 1.5 }];
    expect(formatStage(stage(1_000, { latencies }))).toContain(
      '| a job at 500 rows/s, the default | 2.0 / 5.0 | 3.0 / 9.0 | 1.50 |',
    );
  });
});
