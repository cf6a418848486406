/** The committed list of every file that Maven may bring, and the comparison with what it brought. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ChecksumError } from '../errors.ts';
import { resourcePath } from './resources.ts';

export type LockedFile = { readonly sha256: string; readonly size: number };

/** Part → file name → what it must be. */
export type ArtifactLock = Readonly<Record<string, Readonly<Record<string, LockedFile>>>>;

export const artifactLockFile = 'artifacts.lock.json';

export function readArtifactLock(): ArtifactLock {
  return JSON.parse(readFileSync(resourcePath(artifactLockFile), 'utf8')) as ArtifactLock;
}

/**
 * Compares every file of `directory` with the lock. A wrong file is removed, here and by the caller's `forget` from
 * wherever it would come from again.
 *
 * @throws ChecksumError for a file that is different, missing or not in the lock.
 */
export async function verifyArtifacts(
  directory: string,
  locked: Readonly<Record<string, LockedFile>>,
  forget: (fileName: string) => Promise<void>,
): Promise<void> {
  const present = await readdir(directory);
  for (const name of new Set([...Object.keys(locked), ...present])) {
    const file = join(directory, name);
    const expected = locked[name];
    const actual = present.includes(name) ? await fingerprint(file) : undefined;
    if (expected && actual && expected.sha256 === actual.sha256 && expected.size === actual.size) continue;
    await rm(file, { recursive: true, force: true });
    await forget(name);
    throw new ChecksumError({
      file,
      expected: describe(expected, 'no such file'),
      actual: describe(actual, 'missing'),
    });
  }
}

export async function fingerprint(file: string): Promise<LockedFile> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { sha256: hash.digest('hex'), size: (await stat(file)).size };
}

function describe(file: LockedFile | undefined, otherwise: string): string {
  return file ? `sha256 ${file.sha256}, ${file.size} bytes` : otherwise;
}
