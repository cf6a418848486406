/** A lane that is one command: it counts as one check, passed or failed. */
import { runCommand } from './run-command.ts';
import { type LaneResult, printHeading } from './summary.ts';

/** Runs Node with `args` in the workspace root; prints the output only when the check failed. */
export async function runCheck(lane: string, args: readonly string[]): Promise<LaneResult> {
  const { exitCode, output, durationMs } = await runCommand(args);
  const hasPassed = exitCode === 0;
  const result = { lane, durationMs, passed: hasPassed ? 1 : 0, failed: hasPassed ? 0 : 1, skipped: 0 };
  printHeading(result);
  if (!hasPassed) process.stdout.write(output);
  return result;
}
