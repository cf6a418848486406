/** An installed part: a directory that appears whole or not at all. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const markerFile = 'hybridge-part.json';

/** True when the part was finished; a directory without the marker is not ours. */
export function isInstalled(directory: string): boolean {
  return existsSync(join(directory, markerFile));
}

/** Builds the part in a directory beside its final one, which `build` fills, and renames it. */
export async function installPart(
  directory: string,
  facts: Readonly<Record<string, string>>,
  build: (directory: string) => Promise<void>,
): Promise<void> {
  const unfinished = `${directory}.unfinished-${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o755 });
  try {
    await build(unfinished);
    await writeFile(join(unfinished, markerFile), `${JSON.stringify(facts, null, 2)}\n`);
    await rm(directory, { recursive: true, force: true });
    await rename(unfinished, directory);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
