/**
 * Turns jest's JSON report into counts that hide nothing: a suite that could not run is a failure, and so is a run that
 * failed without naming a test.
 */

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Skipped and todo tests; they count neither as passed nor as failed. */
  readonly skipped: number;
  /** What failed without being a test, in words. */
  readonly problems: readonly string[];
}

export interface RunFacts {
  readonly exitCode: number;
  /** Jest had to be ended because something kept it alive after its tests. */
  readonly hasLeftOpen: boolean;
  /** There are spec files, so that running no test is a failure. */
  readonly mustRun: boolean;
}

/** The fields of jest's report that are read. */
interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

export function countTests(report: unknown, run: RunFacts): TestCounts {
  if (!isReport(report)) return { passed: 0, failed: 1, skipped: 0, problems: ['jest wrote no report'] };
  const broken = report.numRuntimeErrorTestSuites;
  const named = report.numFailedTests + broken;
  const problems = [
    ...(broken > 0 ? [`${broken} test suites could not run`] : []),
    ...(run.hasLeftOpen ? ['tests left something open: jest did not exit'] : []),
    ...(run.mustRun && report.numPassedTests + named === 0 ? ['there are spec files, but no test ran'] : []),
    ...(isUnexplained(run, named) ? [`jest exited with ${run.exitCode} without a failed test`] : []),
  ];
  const unnamed = problems.length - (broken > 0 ? 1 : 0);
  return {
    passed: report.numPassedTests,
    failed: named + unnamed,
    skipped: report.numPendingTests + report.numTodoTests,
    problems,
  };
}

function isUnexplained(run: RunFacts, named: number): boolean {
  return run.exitCode !== 0 && named === 0 && !run.hasLeftOpen;
}

function isReport(report: unknown): report is JestReport {
  return typeof report === 'object' && report !== null && 'numPassedTests' in report;
}
