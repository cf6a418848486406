import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeFiles } from './write-files.ts';

describe('writeFiles', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hybridge-write-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const files = [
    { path: 'a.ts', text: 'a' },
    { path: 'deep/b.ts', text: 'b' },
  ];
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

  it('writes all, and says afterwards that nothing changed', async () => {
    expect(await writeFiles(folder, files, false)).toEqual(
      files.map((file) => ({ path: file.path, state: 'written' })),
    );
    expect([read('a.ts'), read('deep/b.ts')]).toEqual(['a', 'b']);
    expect(await writeFiles(folder, files, false)).toEqual(
      files.map((file) => ({ path: file.path, state: 'unchanged' })),
    );
  });

  it('writes nothing at all where one file says something else, unless forced', async () => {
    writeFileSync(path.join(folder, 'a.ts'), 'mine');
    expect(await writeFiles(folder, files, false)).toEqual({ changed: ['a.ts'] });
    expect(() => read('deep/b.ts')).toThrow('ENOENT');
    expect(await writeFiles(folder, files, true)).toEqual([
      { path: 'a.ts', state: 'replaced' },
      { path: 'deep/b.ts', state: 'written' },
    ]);
    expect(read('a.ts')).toBe('a');
  });
});
