/** What `npm test` prints about its lanes. */

export interface LaneResult {
  readonly lane: string;
  readonly durationMs: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function totalOf(results: readonly LaneResult[]): { readonly passed: number; readonly failed: number } {
  return {
    passed: results.reduce((sum, result) => sum + result.passed, 0),
    failed: results.reduce((sum, result) => sum + result.failed, 0),
  };
}

/** One line a lane, in columns. */
export function formatSummary(results: readonly LaneResult[]): string {
  const header = ['lane', 'passed', 'failed', 'skipped', 'time'];
  const rows = results.map((result) => [
    result.lane,
    String(result.passed),
    String(result.failed),
    String(result.skipped),
    formatSeconds(result.durationMs),
  ]);
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [header, ...rows].map((row) => formatRow(row, widths)).join('\n');
}

export function printHeading(result: LaneResult): void {
  const outcome = result.failed > 0 ? 'FAILED' : 'passed';
  console.log(`\n── ${result.lane}: ${outcome} in ${formatSeconds(result.durationMs)}`);
}

function formatRow(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
    .join('  ');
}

function formatSeconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
