import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryPath } from './resources.ts';

const run = promisify(execFile);
const testTimeoutMs = 300_000;
const firstNodeWithTypes = 22;
const jar = 'DynamoDBLocal-2.6.1.jar';

type Result = { readonly code: number; readonly output: string };

/** `main.ts install` for DynamoDB Local alone, in a cache of its own. */
async function install(
  cache: string,
  variables: Record<string, string> = {},
  components = 'dynamodb',
): Promise<Result> {
  const loader = Number(process.versions.node.split('.')[0]) < firstNodeWithTypes ? ['--import', 'tsx'] : [];
  const main = repositoryPath('tools/local-stack/src/main.ts');
  const args = [...loader, '--conditions=@hybridge/source', main, 'install', '--components', components];
  const env = { ...process.env, HYBRIDGE_CACHE_DIR: cache, ...variables };
  return run(process.execPath, args, { cwd: repositoryPath(), env }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

function findFile(directory: string, name: string): string | undefined {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.name === name).map((entry) => join(entry.parentPath, name))[0];
}

function partsIn(cache: string): string[] {
  return readdirSync(join(cache, 'parts'));
}

describe('installing', () => {
  let cache: string;

  beforeAll(() => {
    cache = mkdtempSync(join(tmpdir(), 'hybridge-cache-'));
    chmodSync(cache, 0o755);
  });
  afterAll(() => rmSync(cache, { recursive: true, force: true }));

  it(
    'tells that the registry cannot be reached, and what to check',
    async () => {
      const home = mkdtempSync(join(tmpdir(), 'hybridge-home-'));
      mkdirSync(join(home, '.m2'));
      const mirror = '<mirror><id>none</id><mirrorOf>*</mirrorOf><url>http://127.0.0.1:9/</url></mirror>';
      writeFileSync(join(home, '.m2/settings.xml'), `<settings><mirrors>${mirror}</mirrors></settings>`);
      const { code, output } = await install(cache, { MAVEN_OPTS: `-Duser.home=${home}` });
      rmSync(home, { recursive: true });
      expect(code).toBe(1);
      expect(output).toContain('HYBRIDGE_STACK_DOWNLOAD');
      expect(output).toContain('Maven cannot fetch from its registry');
      expect(output).toContain('settings.xml');
      expect(partsIn(cache)).toEqual([]);
      rmSync(join(cache, 'maven-repository'), { recursive: true, force: true });
    },
    testTimeoutMs,
  );

  it(
    'is done once by two processes at the same time',
    async () => {
      const results = await Promise.all([install(cache), install(cache)]);
      expect(results.map(({ code }) => code)).toEqual([0, 0]);
      expect(results.filter(({ output }) => output.includes('fetching'))).toHaveLength(1);
      expect(results.filter(({ output }) => output.includes('waiting for it'))).toHaveLength(1);
      expect(partsIn(cache)).toEqual([expect.stringMatching(/^dynamodb-[0-9a-f]{12}$/)]);
      expect(readdirSync(cache)).not.toContain('install.lock');
    },
    testTimeoutMs,
  );

  it(
    'refuses a changed file, removes it, and succeeds when run again',
    async () => {
      for (const part of partsIn(cache)) rmSync(join(cache, 'parts', part), { recursive: true });
      writeFileSync(findFile(join(cache, 'maven-repository'), jar) ?? '', 'tampered');
      const refused = await install(cache);
      expect(refused.code).toBe(1);
      expect(refused.output).toContain('HYBRIDGE_STACK_CHECKSUM');
      expect(refused.output).toContain(jar);
      expect(partsIn(cache)).toEqual([]);
      expect(findFile(join(cache, 'maven-repository'), jar)).toBeUndefined();
      expect((await install(cache)).code).toBe(0);
      expect(partsIn(cache)).toHaveLength(1);
    },
    testTimeoutMs,
  );

  it('tells that Java is missing', async () => {
    const { code, output } = await install(cache, { PATH: '/nowhere', JAVA_HOME: '' });
    expect(code).toBe(1);
    expect(output).toContain('Java 17 or newer is needed');
  });

  it('tells which directory the database user may not enter', async () => {
    if (process.getuid?.() !== 0) return; // as ourselves we may enter our own cache
    const closed = mkdtempSync(join(tmpdir(), 'hybridge-closed-'));
    const { code, output } = await install(join(closed, 'cache'), {}, 'postgres');
    rmSync(closed, { recursive: true });
    expect(code).toBe(1);
    expect(output).toContain(`may not enter ${closed} `);
    expect(output).toContain('HYBRIDGE_CACHE_DIR');
  });
});
