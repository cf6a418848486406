/** Which spec files belong to a lane: the check against a lane that runs nothing without anybody noticing. */
import { readdir } from 'node:fs/promises';

const projectFolders = ['apps', 'infra', 'libs', 'tools'];

const generatedFolders = new Set(['node_modules', 'dist', 'out-tsc', 'cdk.out', 'coverage']);

const laneOfSuffix = { int: 'integration', e2e: 'e2e', type: 'typecheck' } as const;

/** The lane a spec file runs in by its name; undefined for any other file. */
export function laneOf(fileName: string): string | undefined {
  if (!fileName.endsWith('.spec.ts')) return undefined;
  const suffix = /\.(int|e2e|type)\.spec\.ts$/.exec(fileName)?.[1] as keyof typeof laneOfSuffix | undefined;
  return suffix === undefined ? 'unit' : laneOfSuffix[suffix];
}

/** Whether the workspace in the current directory has spec files of this lane. */
export async function hasSpecFiles(lane: string): Promise<boolean> {
  for (const folder of projectFolders) {
    if (await hasSpecFilesIn(folder, lane)) return true;
  }
  return false;
}

async function hasSpecFilesIn(folder: string, lane: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.isFile() && laneOf(entry.name) === lane)) return true;
  const folders = entries.filter((entry) => entry.isDirectory() && !generatedFolders.has(entry.name));
  for (const { name } of folders) {
    if (await hasSpecFilesIn(`${folder}/${name}`, lane)) return true;
  }
  return false;
}
