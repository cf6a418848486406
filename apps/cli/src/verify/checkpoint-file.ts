import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { ComparisonClass, type Counts, type Progress } from '@hybridge/verify';
import { z } from 'zod';
import { CliError } from '../errors.ts';

/** Where an interrupted comparison left off. */
export interface Checkpoint {
  /** Undefined: from the beginning. */
  readonly progress: Progress | undefined;
  /** Replaces the file in one step: whoever reads it finds the old progress or the new one, whole. */
  save(progress: Progress): Promise<void>;
  /** The comparison is over: the next one begins anew. */
  remove(): Promise<void>;
}

const keyParts = z.array(z.string()).min(1);

/** Files of an earlier build know fewer classes. */
const counts = z.object(
  Object.fromEntries(Object.values(ComparisonClass).map((name) => [name, z.int().default(0)])),
) as unknown as z.ZodType<Counts>;

const schema: z.ZodType<Progress> = z.object({
  views: z.record(
    z.string(),
    z.object({ rowsDone: z.boolean(), after: keyParts.optional(), counts, suspects: z.array(keyParts) }),
  ),
  itemsAfter: z.object({ pk: z.string(), sk: z.string() }).optional(),
  from: keyParts.optional(),
  to: keyParts.optional(),
});

/** @throws CliError for a file that is no checkpoint; errors of the file system */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const progress = await read(path);
  const temporary = `${path}.${process.pid}.tmp`;
  return {
    progress,
    async save(next) {
      await writeFile(temporary, JSON.stringify(next));
      await rename(temporary, path);
    },
    remove: () => rm(path, { force: true }),
  };
}

async function read(path: string): Promise<Progress | undefined> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(content));
  } catch (cause) {
    throw new CliError(`${path} is no checkpoint of verify; name another file, or remove it.`, { cause });
  }
}
