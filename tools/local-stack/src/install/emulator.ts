/** The AWS emulator in a Python environment of its own, every package pinned by hash. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsEmulator } from '../config.ts';
import type { Environment } from '../config.ts';
import { versions } from '../description.ts';
import { ChecksumError, MissingProgramError } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import { pinsHash } from './cache.ts';
import type { Cache } from './cache.ts';
import { installPart, isInstalled } from './part.ts';
import { findPython, localstackPythons, ministackPythons } from './python.ts';
import { resourcePath } from './resources.ts';
import { runProgram } from './run-program.ts';

const pythonsOf = { localstack: localstackPythons, ministack: ministackPythons } as const;
const howToInstall =
  'install Python 3.12 or 3.13 (Ubuntu 24.04: apt-get install python3 python3-venv; macOS: brew install python@3.13; else pyenv install 3.13)';

export type EmulatorPart = { readonly emulator: AwsEmulator; readonly directory: string; readonly python: string };

/** Where the emulator is or will be installed. */
export function emulatorPart(cache: Cache, emulator: AwsEmulator): EmulatorPart {
  const directory = join(cache.parts, `${emulator}-${pinsHash(readFileSync(requirementsFile(emulator), 'utf8'))}`);
  return { emulator, directory, python: join(directory, 'bin/python') };
}

/** Installed, and the interpreter it was made with is still there. */
export function isEmulatorInstalled(part: EmulatorPart): boolean {
  return isInstalled(part.directory) && existsSync(part.python) && existsSync(realpathSync(part.python));
}

/**
 * The asked emulator, else LocalStack where it is installed or a Python for it is found, else MiniStack with a notice.
 */
export async function chooseEmulator(
  cache: Cache,
  wanted: AwsEmulator | undefined,
  options: { readonly environment: Environment; readonly onNotice: (text: string) => void },
): Promise<AwsEmulator> {
  if (wanted) return wanted;
  if (isEmulatorInstalled(emulatorPart(cache, AwsEmulator.localstack))) return AwsEmulator.localstack;
  if (await findPython(localstackPythons, options.environment)) return AwsEmulator.localstack;
  options.onNotice(
    `LocalStack ${versions.localstack} needs Python 3.12 or newer and none was found on the PATH or under pyenv: ` +
      `using MiniStack ${versions.ministack} instead. To use LocalStack: ${howToInstall}.`,
  );
  return AwsEmulator.ministack;
}

export type EmulatorInstall = {
  readonly environment: Environment;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
};

/** @throws MissingProgramError without a Python; ChecksumError, DownloadError, DiskFullError from pip. */
export async function installEmulator(part: EmulatorPart, options: EmulatorInstall): Promise<void> {
  const { emulator } = part;
  const python = await findPython(pythonsOf[emulator], options.environment);
  if (!python) {
    const needed = pythonsOf[emulator]
      .map((minor) => `3.${minor}`)
      .sort()
      .join(', ');
    throw new MissingProgramError(
      `${emulator} needs Python (one of ${needed}, with venv); none was found.`,
      `${howToInstall}.`,
    );
  }
  const started = performance.now();
  await installPart(part.directory, { emulator, madeWith: python.program }, async (directory) => {
    await mkdir(directory, { recursive: true });
    const program = { title: 'Python', target: directory, signal: options.signal };
    await runProgram({ ...program, file: python.program, args: ['-m', 'venv', directory] });
    await installRequirements(emulator, directory, options);
  });
  options.onProgress({
    kind: 'install-ready',
    part: emulatorTitle(emulator),
    ms: Math.round(performance.now() - started),
  });
}

async function installRequirements(emulator: AwsEmulator, directory: string, options: EmulatorInstall): Promise<void> {
  const requirements = requirementsFile(emulator);
  const total = (readFileSync(requirements, 'utf8').match(/^[^\s#][^\s]*==/gm) ?? []).length;
  let done = 0;
  const lines: string[] = [];
  // Byte code is left to the first run: most of these modules are never loaded.
  const pip = ['-m', 'pip', 'install', '--no-deps', '--require-hashes', '--no-compile', '--no-input'];
  const quiet = ['--disable-pip-version-check', '--progress-bar', 'off'];
  const install = runProgram(
    {
      title: 'pip',
      target: directory,
      file: join(directory, 'bin/python'),
      args: [...pip, ...quiet, '-r', requirements],
      networkFix: "check the network and pip's own settings (pip config list), then run again.",
      signal: options.signal,
    },
    (line) => {
      lines.push(line);
      if (!line.startsWith('Collecting ')) return;
      done += 1;
      options.onProgress({ kind: 'install-progress', part: emulatorTitle(emulator), done, total, unit: 'packages' });
    },
  );
  await install.catch((error: unknown) => {
    throw hashMismatch(lines) ?? error;
  });
}

/** pip names the requirement, then `Expected sha256 …` (perhaps several, with `or`), then `Got …`; it keeps nothing. */
export function hashMismatch(lines: readonly string[]): ChecksumError | undefined {
  const from = lines.findIndex((line) => line.includes('DO NOT MATCH THE HASHES'));
  if (from < 0) return undefined;
  const rest = lines.slice(from + 1);
  const valueAfter = (pattern: RegExp): string =>
    rest.map((line) => pattern.exec(line)?.[1]).find(Boolean) ?? 'unknown';
  return new ChecksumError({
    file: valueAfter(/^\s*(\S+==\S+|\S+ from \S+)/),
    expected: valueAfter(/Expected (sha256 \w+)/),
    actual: `sha256 ${valueAfter(/Got\s+(\w+)/)}`,
  });
}

function requirementsFile(emulator: AwsEmulator): string {
  return resourcePath('python', `${emulator}-requirements.txt`);
}

/** Name and version. */
export function emulatorTitle(emulator: AwsEmulator): string {
  return emulator === AwsEmulator.localstack ? `LocalStack ${versions.localstack}` : `MiniStack ${versions.ministack}`;
}
