import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from '../native/process-identity.ts';
import { withInstallLock } from './install-lock.ts';

describe('withInstallLock', () => {
  let directory: string;
  let notices: string[];
  const file = (): string => join(directory, 'install.lock');
  const locked = <T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> =>
    withInstallLock(file(), { onNotice: (text) => notices.push(text), signal }, action);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'install-lock-'));
    notices = [];
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('holds the lock while the action runs and leaves nothing behind', async () => {
    expect(await locked(async () => existsSync(file()))).toBe(true);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is released when the action fails', async () => {
    await expect(locked(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('takes over from a process whose pid now belongs to another, and says so', async () => {
    writeFileSync(file(), JSON.stringify({ pid: process.pid, startTime: 'of another process' }));
    expect(await locked(async () => 'done')).toBe('done');
    expect(notices).toEqual([expect.stringContaining(`holder process ${process.pid} is gone`)]);
  });

  it('takes over an unreadable lock', async () => {
    writeFileSync(file(), 'half writ');
    expect(await locked(async () => 'done')).toBe('done');
    expect(notices).toEqual([expect.stringContaining('took over')]);
  });

  it('waits for a living holder until aborted', async () => {
    writeFileSync(file(), JSON.stringify(identifyProcess(process.pid)));
    const controller = new AbortController();
    const waiting = locked(async () => 'done', controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(notices).toEqual([expect.stringContaining('waiting for it')]);
    expect(existsSync(file())).toBe(true);
  });

  it('lets one of two at a time in', async () => {
    const order: string[] = [];
    const enter = (name: string) => async (): Promise<void> => {
      order.push(`${name} in`);
      await Promise.resolve();
      order.push(`${name} out`);
    };
    await Promise.all([locked(enter('a')), locked(enter('b'))]);
    expect([order.slice(0, 2), order.slice(2)].sort()).toEqual([
      ['a in', 'a out'],
      ['b in', 'b out'],
    ]);
  });
});
