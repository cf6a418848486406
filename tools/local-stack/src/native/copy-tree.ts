/** Copies a directory tree with owners and modes. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { DiskFullError } from '../errors.ts';

const run = promisify(execFile);

/** The system's `cp` is several times faster than copying in JavaScript, and keeps owners when we are root. */
export async function copyTree(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await run('cp', ['-R', '-p', from, to]).catch((cause: Error) => {
    throw /No space left/i.test(cause.message) ? new DiskFullError(to, 'it was full while copying', cause) : cause;
  });
}
