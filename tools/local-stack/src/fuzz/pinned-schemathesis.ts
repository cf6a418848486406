/** Schemathesis in a Python environment of its own, every package pinned by hash: to fuzz an API from its document. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackConfig } from '../config.ts';
import { MissingProgramError } from '../errors.ts';
import { openCache, pinsHash } from '../install/cache.ts';
import { installPart, isInstalled } from '../install/part.ts';
import { findPython, localstackPythons } from '../install/python.ts';
import { resourcePath } from '../install/resources.ts';
import { runProgram } from '../install/run-program.ts';

export type PythonModule = { readonly python: string; readonly module: string };

/**
 * How to run it; installed into the cache at the first call.
 *
 * @throws MissingProgramError | DownloadError
 */
export async function pinnedSchemathesis(config: StackConfig): Promise<PythonModule> {
  const requirements = resourcePath('python', 'schemathesis-requirements.txt');
  const pins = pinsHash(readFileSync(requirements, 'utf8'));
  const directory = join(openCache(config.cacheDirectory).parts, `schemathesis-${pins}`);
  if (!isInstalled(directory)) {
    await installPart(directory, { part: 'schemathesis' }, (unfinished) => install(unfinished, requirements, config));
  }
  return { python: join(directory, 'bin/python'), module: 'schemathesis.cli' };
}

async function install(directory: string, requirements: string, config: StackConfig): Promise<void> {
  const python = await findPython(localstackPythons, config.environment);
  if (!python) throw new MissingProgramError('No Python 3.12 or newer was found.', 'install Python 3.12 or newer.');
  await mkdir(directory, { recursive: true });
  await runProgram({ title: 'Python', target: directory, file: python.program, args: ['-m', 'venv', directory] });
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--require-hashes', '--no-compile', '--no-input'];
  await runProgram({
    title: 'pip',
    target: directory,
    file: join(directory, 'bin/python'),
    args: [...pip, '--disable-pip-version-check', '-r', requirements],
    networkFix: "check the network and pip's own settings (pip config list), then run again.",
  });
}
