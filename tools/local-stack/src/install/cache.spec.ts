import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskFullError } from '../errors.ts';
import { assertFreeSpace, openCache, pinsHash } from './cache.ts';

const moreThanAnyDiskMb = 1e12;

describe('the cache', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'hybridge-cache-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('lets every user pass, because the database user must', () => {
    const { parts, runs } = openCache(join(directory, 'cache'));
    for (const path of [parts, runs]) expect(statSync(path).mode & 0o001).toBe(1);
  });

  it('tells how much space is free and how much is needed before anything is fetched', async () => {
    await expect(assertFreeSpace(directory, 1)).resolves.toBeUndefined();
    const full = assertFreeSpace(directory, moreThanAnyDiskMb);
    await expect(full).rejects.toThrow(DiskFullError);
    await expect(full).rejects.toThrow(/\d+ MB are free, 1000000000000 MB are needed/);
  });

  it('changes the name of a part with any of its pins', () => {
    expect(pinsHash('a', 'b')).toBe(pinsHash('a', 'b'));
    expect(new Set([pinsHash('a', 'b'), pinsHash('ab'), pinsHash('a', 'c')]).size).toBe(3);
  });
});
