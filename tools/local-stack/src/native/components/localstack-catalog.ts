/**
 * LocalStack reads the descriptions of every AWS service at its first start in a directory, for longer than all the rest
 * of its start takes, and keeps what it read there. Every start of ours has a directory of its own, so the file is kept
 * beside the installed part.
 */
import { copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Named after the versions it was read from. */
const CATALOG = /^service-catalog-.+\.dill$/;

/** Before the start: gives the data directory what an earlier one had read. */
export async function takeCatalog(partDirectory: string, dataDirectory: string): Promise<void> {
  const cache = cacheIn(dataDirectory);
  await mkdir(cache, { recursive: true });
  for (const name of await catalogsIn(partDirectory)) await copyFile(join(partDirectory, name), join(cache, name));
}

/** Once it answers, hence has read all: keeps it, whole or not at all. It only saves time, so a failure is none. */
export async function keepCatalog(partDirectory: string, dataDirectory: string): Promise<void> {
  const kept = await catalogsIn(partDirectory);
  const cache = cacheIn(dataDirectory);
  for (const name of await catalogsIn(cache)) {
    if (kept.includes(name)) continue;
    const unfinished = join(partDirectory, `${name}.${process.pid}.new`);
    await copyFile(join(cache, name), unfinished)
      .then(() => rename(unfinished, join(partDirectory, name)))
      .catch(() => undefined);
  }
}

const cacheIn = (root: string): string => join(root, 'var/lib/localstack/cache');

const catalogsIn = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory).catch(() => [])).filter((name) => CATALOG.test(name));
