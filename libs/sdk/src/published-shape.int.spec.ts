/** What the package looks like to somebody who installs it: plain ESM and its types, with no condition set. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const LIB = resolve(__dirname, '..');
const WORKSPACE = resolve(LIB, '../..');
/** Below the workspace, so that packages of others are found in its `node_modules`, and ours in the one made here. */
const CONSUMER = join(LIB, 'out-tsc/consumer');
const OURS = join(CONSUMER, 'node_modules/@hybridge');

const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const bin = (name: string): string => join(WORKSPACE, 'node_modules/.bin', name);

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(WORKSPACE, 'node_modules', name, 'package.json'), 'utf8')) as Manifest;

/** The package and every package of ours it needs. */
function closureOf(name: string, known = new Set<string>()): ReadonlySet<string> {
  if (known.has(name)) return known;
  known.add(name);
  for (const needed of Object.keys(manifestOf(name).dependencies ?? {})) {
    if (needed.startsWith('@hybridge/')) closureOf(needed, known);
  }
  return known;
}

const DEFINITION = `
  import { createCatalog, column, int8, notNull, source, table, text, view } from '@hybridge/views';
  const accounts = view('accounts', {
    table: table({
      source: source('shop', 'postgres'),
      name: 'public.accounts',
      primaryKey: ['id'],
      columns: { id: notNull(int8()), owner: notNull(text()) },
    }),
    key: { pk: ['a1', column('id')], sk: ['A'] },
    attributes: { id: 'id', owner: 'owner' },
  });
`;

const SCRIPT = `
  import { connectHybridge, InvalidKeyError } from '@hybridge/sdk';
  ${DEFINITION}
  const hybridge = connectHybridge({
    catalog: createCatalog([accounts]),
    dynamodb: { region: 'x', endpoint: 'http://127.0.0.1:9', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, tableName: 't', maxAttempts: 1 },
    sql: { url: 'postgresql://nobody@127.0.0.1:9/none', applicationName: 'consumer' },
  });
  const refusal = await hybridge.get(accounts, ['x']).catch((error) => error);
  const failure = await hybridge.get(accounts, [1]).catch((error) => error);
  await hybridge[Symbol.asyncDispose]();
  console.log(JSON.stringify([refusal instanceof InvalidKeyError, failure.retry]));
`;

const TYPED = `
  import type { Hybridge } from '@hybridge/sdk';
  ${DEFINITION}
  export async function ownerOf(hybridge: Hybridge): Promise<string | undefined> {
    const found = await hybridge.get(accounts, [1], { consistent: true });
    // @ts-expect-error -- the types have come along: there is no such attribute
    found?.document.name;
    // @ts-expect-error -- the types have come along: the key has one part
    await hybridge.get(accounts, [1, 2]);
    return found?.document.owner;
  }
  void createCatalog;
`;

const COMPILER = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  },
  files: ['typed.ts'],
};

describe('the packed packages', () => {
  beforeAll(() => {
    run(bin('tsc'), ['--build', 'libs/sdk/tsconfig.lib.json', '--emitDeclarationOnly', 'false'], WORKSPACE);
    rmSync(CONSUMER, { recursive: true, force: true });
    mkdirSync(OURS, { recursive: true });
    const names = [...closureOf('@hybridge/sdk')];
    const workspaces = names.map((name) => `--workspace=${name}`);
    run('npm', ['pack', '--pack-destination', CONSUMER, ...workspaces], WORKSPACE);
    for (const name of names) {
      const folder = join(CONSUMER, 'node_modules', name);
      mkdirSync(folder);
      const tarball = `${name.slice(1).replace('/', '-')}-${manifestOf(name).version}.tgz`;
      run('tar', ['-xzf', join(CONSUMER, tarball), '-C', folder, '--strip-components=1'], CONSUMER);
    }
    writeFileSync(join(CONSUMER, 'package.json'), JSON.stringify({ type: 'module' }));
    writeFileSync(join(CONSUMER, 'script.js'), SCRIPT);
    writeFileSync(join(CONSUMER, 'typed.ts'), TYPED);
    writeFileSync(join(CONSUMER, 'tsconfig.json'), JSON.stringify(COMPILER));
  });
  afterAll(() => rmSync(CONSUMER, { recursive: true, force: true }));

  it('hold what runs, its types and the README, and neither sources nor tests', () => {
    const files = readdirSync(join(OURS, 'sdk'), { recursive: true }).map(String);
    expect(files).toEqual(expect.arrayContaining(['README.md', 'dist/index.js', 'dist/index.d.ts', 'package.json']));
    expect(files.filter((file) => /src|spec|\.map$|\.tsbuildinfo$|features/.test(file))).toEqual([]);
  });

  it('run as plain ESM', () => {
    expect(JSON.parse(run(process.execPath, ['script.js'], CONSUMER))).toEqual([true, 'transient']);
  });

  it('are typed', () => {
    expect(run(bin('tsc'), ['--noEmit', '-p', '.'], CONSUMER)).toBe('');
  });
});
