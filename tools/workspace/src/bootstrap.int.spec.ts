import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A workspace that holds nothing but the bootstrap, a program and a stand-in for npm. */
interface Fixture {
  readonly root: string;
  readonly write: (file: string, text: string) => Promise<void>;
  readonly start: (args: readonly string[], nodeFlags?: readonly string[]) => ChildProcess;
}

const lockFile = (version: string) =>
  JSON.stringify({ packages: { 'node_modules/nx': { version, integrity: `sha512-${version}` } } });

const tellsArguments = `console.log(JSON.stringify(process.argv.slice(2))); process.exit(7);`;

const tellsSignals = `
  setInterval(() => {}, 1000);
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => { console.log(signal); setTimeout(() => process.exit(5), 50); });
  console.log('ready');`;

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
});

afterEach(() => rm(fixture.root, { recursive: true, force: true }));

describe('bootstrap', () => {
  it('installs, runs the program and passes on its arguments and exit code', async () => {
    await fixture.write('tools/start/src/main.ts', tellsArguments);
    const { output, code } = await outcomeOf(fixture.start(['start', '--once', 'a b']));
    expect(output).toContain('["--once","a b"]');
    expect(code).toBe(7);
    expect(await readFile(path.join(fixture.root, 'npm-calls'), 'utf8')).toMatch(/^ci .*\n$/);
  });

  it('installs again only when the lock file has changed', async () => {
    await fixture.write('tools/start/src/main.ts', tellsArguments);
    await outcomeOf(fixture.start(['start']));
    await outcomeOf(fixture.start(['start']));
    await fixture.write('package-lock.json', lockFile('2.0.0'));
    await outcomeOf(fixture.start(['start']));
    expect((await readFile(path.join(fixture.root, 'npm-calls'), 'utf8')).trim().split('\n')).toHaveLength(2);
  });

  it('ends with the reason when the installation fails', async () => {
    await fixture.write('bin/npm', '#!/bin/sh\nexit 3\n');
    const { output, code } = await outcomeOf(fixture.start(['start']));
    expect(output).toContain('npm ci failed with exit code 3');
    expect(code).toBe(1);
  });

  it('names the Node it found and the one it needs', async () => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.3.0' } })`;
    const old = `data:text/javascript,${encodeURIComponent(pretend)}`;
    const { output, code } = await outcomeOf(fixture.start(['start'], ['--import', old]));
    expect(output).toContain('needs Node 20.19.0 or newer; this is Node 18.3.0');
    expect(code).toBe(1);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('forwards %s once and waits for the program', async (signal) => {
    await fixture.write('tools/start/src/main.ts', tellsSignals);
    const child = fixture.start(['start']);
    const outcome = outcomeOf(child);
    await untilPrinted(child, 'ready');
    child.kill(signal);
    const { output, code } = await outcome;
    expect(output.split('\n').filter((line) => line === signal)).toHaveLength(1);
    expect(code).toBe(5);
  });

  it('ends by the signal that ended the program', async () => {
    await fixture.write(
      'tools/start/src/main.ts',
      `process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`,
    );
    expect(await outcomeOf(fixture.start(['start']))).toMatchObject({ code: null, signal: 'SIGKILL' });
  });
});

async function createFixture(): Promise<Fixture> {
  const root = await mkdtemp(path.join(tmpdir(), 'hybridge-bootstrap-'));
  const write = async (file: string, text: string) => {
    const target = path.join(root, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
    await chmod(target, 0o755);
  };
  await write('package-lock.json', lockFile('1.0.0'));
  await write('package.json', '{"type":"module"}');
  await write('tools/workspace/src/bootstrap.mjs', '');
  await copyFile(path.join(__dirname, 'bootstrap.mjs'), path.join(root, 'tools/workspace/src/bootstrap.mjs'));
  await write(
    'bin/npm',
    `#!/bin/sh\necho "$@" >> npm-calls\nmkdir -p node_modules/.bin\n: > node_modules/.bin/nx\n` +
      `cp package-lock.json node_modules/.package-lock.json\n`,
  );
  const start: Fixture['start'] = (args, nodeFlags = []) =>
    spawn(process.execPath, [...nodeFlags, path.join(root, 'tools/workspace/src/bootstrap.mjs'), ...args], {
      env: { ...process.env, PATH: `${path.join(root, 'bin')}${path.delimiter}${process.env['PATH']}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return { root, write, start };
}

async function outcomeOf(child: ChildProcess) {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { output, code, signal };
}

async function untilPrinted(child: ChildProcess, text: string): Promise<void> {
  for (let printed = ''; !printed.includes(text);) {
    const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
    printed += chunk;
  }
}
