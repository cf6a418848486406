/** Starts one program in its own process group, with its output in a file. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { endProcess } from './end-process.ts';
import type { EndOptions } from './end-process.ts';
import { identifyProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import type { SystemUser } from './system-user.ts';

export type LaunchCommand = {
  readonly file: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Set when the program must not run as us (PostgreSQL refuses root). */
  readonly user?: SystemUser | undefined;
  /** The polite end. */
  readonly stop: EndOptions;
};

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type RunningProcess = {
  readonly identity: ProcessIdentity;
  /** Resolves when the process has ended, for whatever reason. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Ends it and its children with the command's signal, or the given one; resolves when nothing is left. */
  stop(signal?: NodeJS.Signals): Promise<void>;
};

/** @throws the system's error when the program cannot be started at all. */
export async function launch(command: LaunchCommand, logFile: string): Promise<RunningProcess> {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(command.file, command.args, {
      cwd: command.directory,
      env: command.environment,
      stdio: ['ignore', log, log],
      detached: true,
      ...(command.user && { uid: command.user.uid, gid: command.user.gid }),
    });
    const exited = new Promise<Exit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    const pid = child.pid ?? 0;
    const identity = identifyProcess(pid) ?? { pid, startTime: 'ended at once' };
    const stop = (signal = command.stop.signal): Promise<void> => endProcess(identity, { ...command.stop, signal });
    return { identity, exited, stop };
  } finally {
    closeSync(log);
  }
}
