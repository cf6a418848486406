/** Tells whether a recorded process is still the same one: a pid alone is reused by the system. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export type ProcessIdentity = {
  readonly pid: number;
  /** Opaque, compared for equality only: clock ticks since boot on Linux, the text of `ps` elsewhere. */
  readonly startTime: string;
};

/** Undefined when there is no such process, or only its zombie. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const startTime = process.platform === 'linux' ? startTimeFromProc(pid) : startTimeFromPs(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** True only for the very process that was recorded. */
export function isAlive(recorded: ProcessIdentity): boolean {
  return identifyProcess(recorded.pid)?.startTime === recorded.startTime;
}

const stateColumn = 0;
const startTimeColumn = 19;

function startTimeFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name, in parentheses, may itself hold blanks and parentheses.
    const columns = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return columns[stateColumn] === 'Z' || columns[stateColumn] === 'X' ? undefined : columns[startTimeColumn];
  } catch {
    return undefined;
  }
}

function startTimeFromPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
