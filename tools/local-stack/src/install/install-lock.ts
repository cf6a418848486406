/** One installer at a time: a lock file that names its holder, taken over when the holder is gone. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { identifyProcess, isAlive } from '../native/process-identity.ts';
import type { ProcessIdentity } from '../native/process-identity.ts';

const waitIntervalMs = 200;

export type LockOptions = {
  readonly onNotice: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
};

/** Runs `action` while holding the lock; waits for a living holder. */
export async function withInstallLock<T>(file: string, options: LockOptions, action: () => Promise<T>): Promise<T> {
  await acquire(file, options);
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

async function acquire(file: string, { onNotice, signal }: LockOptions): Promise<void> {
  let announced: string | undefined;
  while (!tryCreate(file)) {
    signal?.throwIfAborted();
    const content = read(file);
    if (content === undefined) continue; // released meanwhile
    const holder = parseHolder(content);
    if (holder && isAlive(holder)) {
      if (announced !== content) onNotice(`process ${holder.pid} is installing (${file}); waiting for it`);
      announced = content;
      await delay(waitIntervalMs);
    } else if (removeStale(file, content)) {
      onNotice(`took over ${file}: its holder ${holder ? `process ${holder.pid}` : '(unreadable)'} is gone`);
    }
  }
}

/** Written aside and linked into place, so that nobody ever reads a lock without its content. */
function tryCreate(file: string): boolean {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, JSON.stringify(identifyProcess(process.pid)));
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** False when another process was faster: what it put in place is put back. */
function removeStale(file: string, staleContent: string): boolean {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return false;
  }
  try {
    if (read(aside) === staleContent) return true;
    linkSync(aside, file);
    return false;
  } catch {
    return false;
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parseHolder(content: string): ProcessIdentity | undefined {
  try {
    const holder = JSON.parse(content) as Partial<ProcessIdentity> | null;
    return typeof holder?.pid === 'number' && typeof holder.startTime === 'string'
      ? (holder as ProcessIdentity)
      : undefined;
  } catch {
    return undefined;
  }
}
