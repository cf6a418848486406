import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { run } from '@hybridge/cli';
import type { Catalog } from '@hybridge/views';

const workspaceRoot = path.resolve(__dirname, '../../../..');
const execute = promisify(execFile);

/** A folder outside of the repository, in which definitions are generated, compiled and loaded. */
export interface DefinitionsFolder extends Disposable {
  /** For `--out`. */
  at(name: string): string;
  /** Every problem of the compiler, under the repository's strict options, and of the formatter; empty where there is none. */
  problems(name: string): Promise<string>;
  catalog(name: string): Promise<Catalog>;
}

export function definitionsFolder(): DefinitionsFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'hybridge-init-'));
  symlinkSync(path.join(workspaceRoot, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  const at = (name: string): string => path.join(folder, name);
  return {
    at,
    async problems(name) {
      mkdirSync(at(name), { recursive: true });
      const config = path.join(folder, `tsconfig.${name}.json`);
      writeFileSync(config, JSON.stringify(compilerConfig(name)));
      const compiled = await output('tsc', '--noEmit', '-p', config);
      const format = await output(
        'prettier',
        '--config',
        path.join(workspaceRoot, '.prettierrc'),
        '--list-different',
        at(name),
      );
      return `${compiled}${format}`;
    },
    catalog: async (name) => ((await import(path.join(at(name), 'index.ts'))) as { catalog: Catalog }).catalog,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

const compilerConfig = (name: string) => ({
  extends: path.join(workspaceRoot, 'tsconfig.base.json'),
  compilerOptions: {
    ...{ composite: false, declaration: false, declarationMap: false, emitDeclarationOnly: false, noEmit: true },
    ...{ rewriteRelativeImportExtensions: false, allowImportingTsExtensions: true },
    typeRoots: [path.join(workspaceRoot, 'node_modules/@types')],
  },
  include: [name],
});

async function output(program: string, ...args: string[]): Promise<string> {
  try {
    return (await execute(path.join(workspaceRoot, 'node_modules/.bin', program), args)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return `${program}: ${stdout}${stderr}`;
  }
}

/** Runs a command line as in a terminal. */
export async function hybridge(args: readonly string[], environment: Record<string, string> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (one: string) => void out.push(one),
    err: (one: string) => void err.push(one),
    environment,
    signal: new AbortController().signal,
  };
  const code = await run(args, terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
}
