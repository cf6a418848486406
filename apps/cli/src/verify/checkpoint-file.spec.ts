import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ComparisonClass, type Counts, type Progress } from '@hybridge/verify';
import { openCheckpoint } from './checkpoint-file.ts';

const counts = Object.fromEntries(Object.values(ComparisonClass).map((name) => [name, 0])) as Counts;
const progress: Progress = {
  views: { orders: { rowsDone: false, after: ['7'], counts: { ...counts, matched: 6 }, suspects: [['3']] } },
  itemsAfter: { pk: 'o1#ORDER#3', sk: 'ORDER' },
  from: ['1'],
};

describe('openCheckpoint', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'checkpoint-'));
    file = path.join(folder, 'verify.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('begins without progress where there is no file', async () => {
    expect((await openCheckpoint(file)).progress).toBeUndefined();
  });

  it('finds what was saved, and leaves nothing else behind', async () => {
    const { save } = await openCheckpoint(file);
    await save({ views: {} });
    await save(progress);
    expect((await openCheckpoint(file)).progress).toEqual(progress);
    expect(await readdir(folder)).toEqual(['verify.json']);
  });

  it('is gone when the comparison is over', async () => {
    const checkpoint = await openCheckpoint(file);
    await checkpoint.save(progress);
    await checkpoint.remove();
    await checkpoint.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['{"views": 1}', 'not JSON', ''])('refuses %j, and leaves the file alone', async (content) => {
    await writeFile(file, content);
    await expect(openCheckpoint(file)).rejects.toMatchObject({ code: 'HYBRIDGE_CLI_USAGE' });
    expect(await readFile(file, 'utf8')).toBe(content);
  });
});
