import { ConfigError } from '@hybridge/runtime';
import { VerifyError } from '@hybridge/verify';
import { ViewError } from '@hybridge/views';
import { CommanderError } from 'commander';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { doctor } from './doctor/doctor.ts';
import { explain } from './explain/explain.ts';
import { init } from './init/init.ts';
import { parked } from './parked/parked.ts';
import { release } from './parked/release.ts';
import { type Actions, createProgram } from './program.ts';
import { repair } from './repair/repair.ts';
import { status } from './status/status.ts';
import type { Terminal } from './terminal.ts';
import { verify } from './verify/verify.ts';
import { describe } from './view/describe.ts';
import { plan } from './view/plan.ts';

const ACTIONS: Actions = { verify, repair, parked, release, status, explain, init, doctor, describe, plan };

/** Runs one command line. Never throws: what goes wrong is told on standard error and in the exit code. */
export async function run(args: readonly string[], terminal: Terminal, actions: Actions = ACTIONS): Promise<ExitCode> {
  let code: ExitCode = ExitCode.ok;
  try {
    await createProgram(actions, terminal, (ended) => (code = ended)).parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage; // it has told already
    if (terminal.signal.aborted) {
      terminal.err('Interrupted; a verify with --resume goes on where it stopped.');
      return ExitCode.failed;
    }
    terminal.err(error instanceof Error ? error.message : String(error));
    return isUsage(error) ? ExitCode.usage : ExitCode.failed;
  }
}

const USAGE_CODES: readonly string[] = [
  'HYBRIDGE_VIEW_UNKNOWN',
  'HYBRIDGE_VIEW_KEY_INVALID',
  'HYBRIDGE_VIEW_VALUE_INVALID',
];

const isUsage = (error: unknown): boolean =>
  error instanceof CliError ||
  error instanceof ConfigError ||
  error instanceof VerifyError ||
  (error instanceof ViewError && USAGE_CODES.includes(error.code));
