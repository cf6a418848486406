import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint, readArtifactLock, verifyArtifacts } from './artifact-lock.ts';
import type { LockedFile } from './artifact-lock.ts';

describe('verifyArtifacts', () => {
  let directory: string;
  let forgotten: string[];
  const file = (): string => join(directory, 'a.jar');
  const verify = (locked: Record<string, LockedFile>): Promise<void> =>
    verifyArtifacts(directory, locked, async (name) => void forgotten.push(name));

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'artifact-lock-'));
    forgotten = [];
    writeFileSync(file(), 'content');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('accepts exactly the locked files', async () => {
    await verify({ 'a.jar': await fingerprint(file()) });
    expect(existsSync(file())).toBe(true);
    expect(forgotten).toEqual([]);
  });

  it('removes a changed file, also from where it came, and tells both checksums', async () => {
    const locked = await fingerprint(file());
    writeFileSync(file(), 'CONTENT');
    const actual = await fingerprint(file());
    const error = await verify({ 'a.jar': locked }).catch((caught: unknown) => caught);
    expect(String(error)).toContain(`expected sha256 ${locked.sha256}`);
    expect(String(error)).toContain(`actual   sha256 ${actual.sha256}`);
    expect(existsSync(file())).toBe(false);
    expect(forgotten).toEqual(['a.jar']);
  });

  it('refuses a file that is not locked', async () => {
    await expect(verify({})).rejects.toThrow('expected no such file');
  });

  it('refuses a missing file', async () => {
    const locked = await fingerprint(file());
    await expect(verify({ 'a.jar': locked, 'b.jar': locked })).rejects.toThrow('actual   missing');
  });
});

describe('artifacts.lock.json', () => {
  it('pins every file of every part by sha256 and size', () => {
    const lock = readArtifactLock();
    expect(Object.keys(lock)).toEqual([
      'kafka',
      'debezium-postgres',
      'debezium-mariadb',
      'postgres-linux-amd64',
      'mariadb-linux64',
      'dynamodb',
    ]);
    for (const { sha256, size } of Object.values(lock).flatMap((files) => Object.values(files))) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(size).toBeGreaterThan(0);
    }
  });
});
