/** Writes `resources/artifacts.lock.json` anew from what Maven brings: run after changing a version, then review. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackConfig } from '../config.ts';
import { artifactLockFile, fingerprint } from './artifact-lock.ts';
import type { LockedFile } from './artifact-lock.ts';
import { openCache } from './cache.ts';
import { findJava } from './java.ts';
import { MavenPart, lockKey, runMaven } from './maven.ts';
import { resourcePath } from './resources.ts';

export async function pinArtifacts(config: StackConfig): Promise<string> {
  const cache = openCache(config.cacheDirectory);
  const java = await findJava(config.environment);
  const target = join(cache.parts, `pinned-${process.pid}`);
  const parts = Object.values(MavenPart);
  try {
    await runMaven({ cache, javaHome: java.home, parts, target });
    const lock: Record<string, Record<string, LockedFile>> = {};
    for (const part of parts) {
      lock[lockKey(part)] = await fingerprints(join(target, part));
    }
    const file = resourcePath(artifactLockFile);
    await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
    return file;
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}

async function fingerprints(directory: string): Promise<Record<string, LockedFile>> {
  const files: Record<string, LockedFile> = {};
  for (const name of (await readdir(directory)).sort()) files[name] = await fingerprint(join(directory, name));
  return files;
}
