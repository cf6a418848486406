/** Finds a Python that is new enough; it may be installed and still not be `python3`. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../config.ts';

const run = promisify(execFile);
const probeTimeoutMs = 15_000;

export type Python = { readonly program: string; readonly minor: number };

/** Minor versions of Python 3, best first. */
export const localstackPythons: readonly number[] = [13, 12, 14];
export const ministackPythons: readonly number[] = [13, 12, 14, 11];

/**
 * Looks on the PATH (`python3.13`, …, `python3`), then in pyenv's versions: a pyenv shim on the PATH runs only the
 * selected version, so each candidate is asked who it is.
 */
export async function findPython(minors: readonly number[], environment: Environment): Promise<Python | undefined> {
  for (const program of candidates(minors, environment)) {
    const python = await probePython(program);
    if (python && minors.includes(python.minor)) return python;
  }
  return undefined;
}

function candidates(minors: readonly number[], environment: Environment): string[] {
  const pathDirectories = (environment['PATH'] ?? '').split(delimiter).filter(Boolean);
  const onPath = (name: string): string[] =>
    pathDirectories.map((directory) => join(directory, name)).filter(existsSync);
  const versions = join(environment['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const inPyenv = (minor: number): string[] =>
    listDirectory(versions)
      .filter((name) => name.startsWith(`3.${minor}.`))
      .map((name) => join(versions, name, 'bin', `python3.${minor}`));
  return [...minors.flatMap((minor) => [...onPath(`python3.${minor}`), ...inPyenv(minor)]), ...onPath('python3')];
}

/** Undefined also where `venv` or `ensurepip` were left out, as Debian does without `python3-venv`. */
async function probePython(program: string): Promise<Python | undefined> {
  try {
    const question = 'import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1], sys.executable)';
    const { stdout } = await run(program, ['-c', question], { timeout: probeTimeoutMs });
    const [major, minor, ...executable] = stdout.trim().split(' ');
    return major === '3' ? { program: executable.join(' '), minor: Number(minor) } : undefined;
  } catch {
    return undefined;
  }
}

function listDirectory(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
