/** A lane of jest tests, counted from jest's own report. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { countTests } from './jest-report.ts';
import { type CommandOptions, type CommandResult, runCommand } from './run-command.ts';
import { hasSpecFiles } from './spec-files.ts';
import { type LaneResult, printHeading } from './summary.ts';

/** How long jest may live on after it has written its report: longer means that a test left something open. */
const exitGraceMs = 20_000;

const reportPollMs = 500;

/** Lanes whose tests take long enough that one wants to see them pass. */
const liveLanes = ['integration', 'e2e'];

export async function runJestLane(lane: string, filter?: string): Promise<LaneResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hybridge-test-'));
  try {
    const isLive = liveLanes.includes(lane);
    if (isLive) console.log(`\n── ${lane}: running`);
    return await runAndCount(lane, { reportFile: path.join(folder, 'report.json'), isLive, filter });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface JestRun {
  readonly reportFile: string;
  readonly isLive: boolean;
  readonly filter: string | undefined;
}

async function runAndCount(lane: string, { reportFile, isLive, filter }: JestRun): Promise<LaneResult> {
  const watch = watchForLeftOpen(reportFile);
  const command = await runCommand(jestArguments(lane, reportFile, filter), { isLive, onStart: watch.onStart });
  watch.stop();
  const mustRun = filter === undefined && (await hasSpecFiles(lane));
  const counts = countTests(await readReport(reportFile), {
    exitCode: command.exitCode,
    hasLeftOpen: watch.hasLeftOpen(),
    mustRun,
  });
  const result = { lane, durationMs: command.durationMs, ...counts };
  printHeading(result);
  printProblems(command, counts.problems);
  return result;
}

function jestArguments(lane: string, reportFile: string, filter: string | undefined): string[] {
  return [
    ...['node_modules/jest/bin/jest.js', '--config', 'tools/workspace/jest.config.mjs'],
    ...['--selectProjects', lane, '--runInBand', '--passWithNoTests', '--verbose', '--ci'],
    ...['--json', '--outputFile', reportFile],
    ...(filter === undefined ? [] : ['--testPathPatterns', filter]),
  ];
}

/** Ends a jest that has finished its tests but does not exit. */
function watchForLeftOpen(reportFile: string) {
  let end = () => {};
  let reportedAt: number | undefined;
  let hasEnded = false;
  const timer = setInterval(() => {
    void stat(reportFile).then(
      () => {
        reportedAt ??= performance.now();
        if (hasEnded || performance.now() - reportedAt < exitGraceMs) return;
        hasEnded = true;
        end();
      },
      () => undefined,
    );
  }, reportPollMs);
  const onStart: CommandOptions['onStart'] = (endCommand) => (end = endCommand);
  return { onStart, stop: () => clearInterval(timer), hasLeftOpen: () => hasEnded };
}

async function readReport(reportFile: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(reportFile, 'utf8'));
  } catch {
    return undefined;
  }
}

function printProblems(command: CommandResult, problems: readonly string[]): void {
  if (command.exitCode !== 0 || problems.length > 0) process.stdout.write(command.output);
  for (const problem of problems) console.log(`! ${problem}`);
}
