import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SourceFile } from './render-tables.ts';

export interface WrittenFile {
  readonly path: string;
  readonly state: 'written' | 'unchanged' | 'replaced';
}

/** Files that somebody has changed, or that the database would have otherwise now; nothing was written. */
export interface Conflict {
  readonly changed: readonly string[];
}

/**
 * Writes all files, or none where one is there with another text.
 * @param force replaces such files
 */
export async function writeFiles(
  folder: string,
  files: readonly SourceFile[],
  force: boolean,
): Promise<readonly WrittenFile[] | Conflict> {
  const states = await Promise.all(files.map((file) => stateOf(folder, file)));
  const changed = files.filter((_, i) => states[i] === 'replaced').map((file) => file.path);
  if (changed.length > 0 && !force) return { changed };
  const written: WrittenFile[] = [];
  for (const [i, file] of files.entries()) {
    const state = states[i] as WrittenFile['state'];
    if (state !== 'unchanged') {
      await mkdir(path.dirname(path.join(folder, file.path)), { recursive: true });
      await writeFile(path.join(folder, file.path), file.text);
    }
    written.push({ path: file.path, state });
  }
  return written;
}

async function stateOf(folder: string, file: SourceFile): Promise<WrittenFile['state']> {
  try {
    return (await readFile(path.join(folder, file.path), 'utf8')) === file.text ? 'unchanged' : 'replaced';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'written';
    throw error;
  }
}
