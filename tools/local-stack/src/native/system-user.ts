/** The unprivileged user that databases run as when we are root. */
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ComponentName } from '../description.ts';
import { CacheUnreachableError, MissingProgramError } from '../errors.ts';

export type SystemUser = { readonly name: string; readonly uid: number; readonly gid: number };

const unprivilegedUser = 'nobody';

/** Components that refuse to run as root. */
const databases: readonly ComponentName[] = [ComponentName.postgres, ComponentName.mariadb];

/** Undefined when no database is among these, or we are not root: then the database simply runs as us. */
export function databaseUser(components: readonly ComponentName[] = databases): SystemUser | undefined {
  if (process.getuid?.() !== 0 || !databases.some((name) => components.includes(name))) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, unprivilegedUser], { encoding: 'utf8' }));
  try {
    return { name: unprivilegedUser, uid: id('-u'), gid: id('-g') };
  } catch {
    throw new MissingProgramError(
      `Databases refuse to run as root, and this system has no user "${unprivilegedUser}".`,
      `create it (useradd --system ${unprivilegedUser}), or start as a user other than root.`,
    );
  }
}

/** @throws CacheUnreachableError naming the first directory on the way that `user` may not enter. */
export function assertUserCanEnter(directory: string, user: SystemUser): void {
  const entered = (path: string): boolean =>
    spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', path], { cwd: '/', uid: user.uid, gid: user.gid }).status === 0;
  if (entered(directory)) return;
  const blockedAt = ancestors(directory).find((path) => statSync(path).isDirectory() && !entered(path));
  throw new CacheUnreachableError(directory, user.name, blockedAt ?? directory);
}

/** From the root down to the directory itself. */
function ancestors(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [...ancestors(parent), directory];
}
