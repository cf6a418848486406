/** The layout of the cache directory, outside the repository. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskFullError } from '../errors.ts';

export type Cache = {
  readonly directory: string;
  /** Installed parts, `<name>-<hash of its pins>`; each appears whole, by rename. */
  readonly parts: string;
  readonly runs: string;
  /** Maven's local repository: a reinstall fetches only what changed. */
  readonly mavenRepository: string;
  readonly lockFile: string;
};

const bytesPerMb = 1024 * 1024;

/** Makes the directories; every user may pass through them, because the database user must. */
export function openCache(directory: string): Cache {
  const cache = {
    directory,
    parts: join(directory, 'parts'),
    runs: join(directory, 'runs'),
    mavenRepository: join(directory, 'maven-repository'),
    lockFile: join(directory, 'install.lock'),
  };
  for (const path of [cache.directory, cache.parts, cache.runs]) mkdirSync(path, { recursive: true, mode: 0o755 });
  return cache;
}

/** @throws DiskFullError when less than `neededMb` is free. */
export async function assertFreeSpace(directory: string, neededMb: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const freeMb = Math.floor((bavail * bsize) / bytesPerMb);
  if (freeMb < neededMb) throw new DiskFullError(directory, `${freeMb} MB are free, ${neededMb} MB are needed`);
}

/** Twelve hex digits that change with any of the pins. */
export function pinsHash(...pins: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(pins)).digest('hex').slice(0, 12);
}
