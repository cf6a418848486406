import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readStackConfig } from './config.ts';
import { openCache } from './install/cache.ts';
import { ensureInstalled } from './install/install.ts';
import { repositoryPath } from './install/resources.ts';
import { identifyProcess } from './native/process-identity.ts';
import type { RunRecord } from './native/run-directory.ts';
import { startStack } from './start-stack.ts';
import { findFreePorts } from './ports.ts';

const installTimeoutMs = 600_000;
const firstNodeWithTypes = 22;

/** With the installed parts, but runs of its own: any other start would end what is left behind, too. */
let cacheDirectory: string;

beforeAll(async () => {
  const config = readStackConfig();
  await ensureInstalled({ config, components: ['postgres', 'dynamodb'], onProgress: () => {} });
  cacheDirectory = mkdtempSync(join(tmpdir(), 'hybridge-crashed-'));
  chmodSync(cacheDirectory, 0o755);
  symlinkSync(openCache(config.cacheDirectory).parts, join(cacheDirectory, 'parts'));
}, installTimeoutMs);

afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

/** Starts `main.ts up` and resolves with its run directory once everything is ready. */
async function startByHand(
  variables: Record<string, string>,
): Promise<{ starter: ChildProcess; runDirectory: string }> {
  const loader = Number(process.versions.node.split('.')[0]) < firstNodeWithTypes ? ['--import', 'tsx'] : [];
  const main = repositoryPath('tools/local-stack/src/main.ts');
  const options = ['up', '--stack', 'native', '--components', 'postgres,dynamodb'];
  const starter = spawn(process.execPath, [...loader, '--conditions=@hybridge/source', main, ...options], {
    cwd: repositoryPath(),
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: starter.stdout })) {
    const runDirectory = /^run\s+(\S+)$/.exec(line)?.[1];
    if (runDirectory) return { starter, runDirectory };
  }
  throw new Error('the starter ended before it was ready');
}

describe('a starter that was killed with -9', () => {
  it('leaves processes behind, which the next start on the same ports ends before it starts its own', async () => {
    const ports = await findFreePorts();
    const { starter, runDirectory } = await startByHand({
      HYBRIDGE_CACHE_DIR: cacheDirectory,
      HYBRIDGE_POSTGRES_PORT: String(ports.postgres),
      HYBRIDGE_DYNAMODB_PORT: String(ports.dynamodb),
    });
    const { processes } = JSON.parse(readFileSync(`${runDirectory}/run.json`, 'utf8')) as RunRecord;
    const pids = Object.values(processes).map(({ pid }) => pid);
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    expect(pids).toHaveLength(2);
    expect(pids.filter((pid) => identifyProcess(pid))).toEqual(pids);

    const notices: string[] = [];
    await using stack = await startStack({
      form: 'native',
      components: ['postgres', 'dynamodb'],
      ports,
      config: readStackConfig({ ...process.env, HYBRIDGE_CACHE_DIR: cacheDirectory }),
      onProgress: (event) => event.kind === 'notice' && notices.push(event.text),
    });
    expect(pids.filter((pid) => identifyProcess(pid))).toEqual([]);
    for (const pid of pids) expect(notices.join('\n')).toContain(`process ${pid}`);
    expect(notices.join('\n')).toContain(`starter, process ${starter.pid}, is gone`);
    expect(Object.keys(stack.processIds())).toHaveLength(2);
  });
});
