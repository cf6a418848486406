import { countTests, type RunFacts } from './jest-report.ts';

const cleanRun: RunFacts = { exitCode: 0, hasLeftOpen: false, mustRun: true };

const report = (numbers: Partial<Record<string, number>> = {}) => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  ...numbers,
});

describe('countTests', () => {
  it('takes the numbers of a clean run', () => {
    expect(countTests(report({ numPendingTests: 1, numTodoTests: 1 }), cleanRun)).toEqual({
      passed: 3,
      failed: 0,
      skipped: 2,
      problems: [],
    });
  });

  it('counts a suite that could not run as failed', () => {
    const counts = countTests(report({ numFailedTests: 1, numRuntimeErrorTestSuites: 2 }), {
      ...cleanRun,
      exitCode: 1,
    });
    expect(counts).toMatchObject({ passed: 3, failed: 3, problems: ['2 test suites could not run'] });
  });

  it('counts a run without a report as failed', () => {
    expect(countTests(undefined, cleanRun)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('counts a failed exit that no test explains', () => {
    expect(countTests(report(), { ...cleanRun, exitCode: 1 }).failed).toBe(1);
  });

  it('counts a run that had to be ended once', () => {
    expect(countTests(report(), { ...cleanRun, exitCode: -1, hasLeftOpen: true }).failed).toBe(1);
  });

  it('counts a lane whose spec files ran no test as failed', () => {
    const nothing = report({ numPassedTests: 0, numPendingTests: 4 });
    expect(countTests(nothing, cleanRun).failed).toBe(1);
    expect(countTests(nothing, { ...cleanRun, mustRun: false }).failed).toBe(0);
  });
});
