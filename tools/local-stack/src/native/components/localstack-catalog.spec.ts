import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepCatalog, takeCatalog } from './localstack-catalog.ts';

const NAME = 'service-catalog-4_14_0-1_42_54.dill';

describe('what LocalStack has read of AWS', () => {
  let root: string;
  let part: string;
  const dataOf = (run: string): string => join(root, run);
  const cacheOf = (run: string): string => join(dataOf(run), 'var/lib/localstack/cache');

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'hybridge-catalog-'));
    part = join(root, 'part');
    await mkdir(part);
  });
  afterEach(() => rm(root, { recursive: true }));

  it('is there at the next start, and nothing else of the first', async () => {
    await takeCatalog(part, dataOf('first'));
    expect(await readdir(cacheOf('first'))).toEqual([]);
    await writeFile(join(cacheOf('first'), NAME), 'catalog');
    await writeFile(join(cacheOf('first'), 'server.test.pem'), 'key');
    await keepCatalog(part, dataOf('first'));
    expect(await readdir(part)).toEqual([NAME]);
    await takeCatalog(part, dataOf('second'));
    expect(await readdir(cacheOf('second'))).toEqual([NAME]);
    expect(await readFile(join(cacheOf('second'), NAME), 'utf8')).toBe('catalog');
  });

  it('stays as it was kept first', async () => {
    for (const run of ['first', 'second']) {
      await mkdir(cacheOf(run), { recursive: true });
      await writeFile(join(cacheOf(run), NAME), run);
      await keepCatalog(part, dataOf(run));
    }
    expect(await readFile(join(part, NAME), 'utf8')).toBe('first');
  });

  it('is no reason to fail where it cannot be kept', async () => {
    await mkdir(cacheOf('first'), { recursive: true });
    await writeFile(join(cacheOf('first'), NAME), 'catalog');
    await expect(keepCatalog(join(root, 'none'), dataOf('first'))).resolves.toBeUndefined();
  });
});
