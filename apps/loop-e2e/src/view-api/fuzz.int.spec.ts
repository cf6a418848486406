/** Schemathesis asks a view-api on a view table in memory whatever its OpenAPI document allows and forbids. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type PythonModule, pinnedSchemathesis, readStackConfig } from '@hybridge/local-stack';

const INSTALL_TIMEOUT_MS = 180_000;
/** Seconds each run may generate: twice what the coverage phase needs. `HYBRIDGE_FUZZ_SECONDS` asks for a longer search. */
const BUDGET_SECONDS = Number(process.env['HYBRIDGE_FUZZ_SECONDS'] ?? 14);
/** With everything around. */
const RUN_TIMEOUT_MS = BUDGET_SECONDS * 1_000 + 85_000;
const SERVER = resolve(__dirname, '../../../view-api/src/testing/serve-memory.ts');

interface Served {
  readonly url: string;
  readonly token: string;
}

let schemathesis: PythonModule | undefined;
let directory: string;
let server: ChildProcess;
let served: Served;

beforeAll(async () => {
  schemathesis = await pinnedSchemathesis(readStackConfig()).catch((error: unknown) => {
    console.warn(`SKIPPED: view-api was not fuzzed, as Schemathesis cannot be had: ${String(error)}`);
    return undefined;
  });
  directory = await mkdtemp(join(tmpdir(), 'hybridge-fuzz-'));
  server = spawn(process.execPath, ['--conditions=@hybridge/source', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: server.stdout as NodeJS.ReadableStream }), 'line')) as [string];
  served = JSON.parse(line) as Served;
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  if (server?.kill('SIGTERM')) await once(server, 'exit');
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

/** What a valid request may be answered: its document need not exist, be at that version or take another change. */
const ANSWERS =
  '[checks]\npositive_data_acceptance.expected-statuses = ["2xx", "304", "401", "403", "404", "409", "412", "429"]\n';
/** A cursor belongs to its query, and bounds need the values before them: the document says so in words. */
const LISTS =
  '[[operations]]\ninclude-path-regex = "^/indexes/"\nchecks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "422", "429"]\n';
/** The same of collections, of documents that need not exist. */
const COLLECTIONS =
  '[[operations]]\ninclude-path-regex = "/collection$"\nchecks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "429"]\n';
/** Keys of documents that the caller owns, so that requests get past their key. */
const OWN_KEYS =
  '[parameters]\n"path.id" = 42\n"path.customer_id" = 42\n"path.label" = "home"\n"query.is.customerId" = 42\n';

/** Resolves with what it found; empty when all is well. */
async function fuzz(config: string, ...more: readonly string[]): Promise<string> {
  if (schemathesis === undefined) return '';
  const configFile = join(directory, 'schemathesis.toml');
  await writeFile(configFile, config);
  const args = [
    ...['-m', schemathesis.module, '--config-file', configFile, 'run', `${served.url}/openapi.json`],
    ...['--header', `Authorization: Bearer ${served.token}`, '--max-time', String(BUDGET_SECONDS)],
    ...['--seed', '1', '--generation-database', 'none', '--request-timeout', '10', '--no-color', ...more],
  ];
  const { python } = schemathesis;
  return new Promise((done) => {
    execFile(python, args, { cwd: directory, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      done(error === null ? '' : `${stdout.slice(0, 20_000)}${stderr}`),
    );
  });
}

it.each([
  // The generator of the coverage phase ignores patterns of headers, and calls the result valid.
  ['any key', ANSWERS, ['--phases', 'coverage,fuzzing', '--exclude-checks', 'positive_data_acceptance']],
  ['keys of the caller', `${OWN_KEYS}${ANSWERS}${LISTS}${COLLECTIONS}`, ['--phases', 'fuzzing']],
])(
  'view-api keeps to its OpenAPI document: %s',
  async (_, config, more) => {
    expect(await fuzz(config, ...more)).toBe('');
    expect(server.exitCode).toBeNull();
  },
  RUN_TIMEOUT_MS,
);
