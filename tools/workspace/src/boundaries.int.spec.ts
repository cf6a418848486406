import { execFile } from 'node:child_process';
import path from 'node:path';

const workspaceRoot = path.resolve(__dirname, '../../..');

const boundaryRule = '@nx/enforce-module-boundaries';
const testkitRule = 'no-restricted-imports';

interface Imported {
  readonly from: string;
  readonly name: string;
}

interface Verdict {
  readonly ruleIds: readonly string[];
  readonly messages: readonly string[];
}

const forbidden: readonly (Imported & { rule: string })[] = [
  { from: 'libs/protocol', name: '@hybridge/sink-dynamodb', rule: boundaryRule },
  { from: 'libs/protocol', name: '@hybridge/projector', rule: boundaryRule },
  { from: 'libs/contracts', name: 'kafkajs', rule: boundaryRule },
  { from: 'libs/views', name: 'pg', rule: boundaryRule },
  { from: 'libs/sink/dynamodb', name: '@hybridge/sink-eventbridge', rule: boundaryRule },
  { from: 'libs/sink/dynamodb', name: 'pg', rule: boundaryRule },
  { from: 'libs/sink/dynamodb', name: '../../../protocol/src/index.ts', rule: boundaryRule },
  { from: 'libs/sdk', name: '@hybridge/source-kafka', rule: boundaryRule },
  { from: 'apps/projector', name: 'pg', rule: boundaryRule },
  { from: 'apps/projector', name: '@aws-sdk/client-dynamodb', rule: boundaryRule },
  { from: 'apps/projector', name: '@hybridge/sdk', rule: boundaryRule },
  { from: 'apps/projector', name: '@hybridge/sink-eventbridge', rule: boundaryRule },
  { from: 'apps/projector', name: '@hybridge/inspector', rule: boundaryRule },
  { from: 'apps/stream-pipe', name: '@hybridge/sink-dynamodb', rule: boundaryRule },
  { from: 'apps/cli', name: '@hybridge/inspector', rule: boundaryRule },
  { from: 'apps/cli', name: '@hybridge/sink-sql', rule: boundaryRule },
  { from: 'apps/cli', name: 'pg', rule: boundaryRule },
  { from: 'apps/projector', name: '@hybridge/verify', rule: boundaryRule },
  { from: 'libs/verify', name: '@hybridge/sink-dynamodb', rule: boundaryRule },
  { from: 'apps/projector', name: '@hybridge/testkit', rule: testkitRule },
  { from: 'infra/platform', name: 'pg', rule: boundaryRule },
  { from: 'tools/start', name: '@hybridge/projector', rule: boundaryRule },
];

const allowed: readonly Imported[] = [
  { from: 'libs/contracts', name: 'zod' },
  { from: 'libs/views', name: '@hybridge/protocol' },
  { from: 'libs/source/kafka', name: 'kafkajs' },
  { from: 'libs/sink/dynamodb', name: '@aws-sdk/client-dynamodb' },
  { from: 'apps/projector', name: '@hybridge/source-kafka' },
  { from: 'apps/projector', name: '@hybridge/sink-dynamodb' },
  { from: 'apps/stream-pipe', name: '@hybridge/sink-eventbridge' },
  { from: 'apps/writeback', name: '@hybridge/sink-sql' },
  { from: 'apps/view-api', name: '@hybridge/sdk' },
  { from: 'apps/loop-e2e', name: '@hybridge/testkit' },
  { from: 'apps/cli', name: '@hybridge/verify' },
  { from: 'apps/inspector', name: '@hybridge/verify' },
  { from: 'apps/loop-e2e', name: '@hybridge/inspector' },
  { from: 'apps/loop-e2e', name: '@hybridge/cli' },
  { from: 'infra/sql', name: 'pg' },
  { from: 'tools/bench', name: 'kafkajs' },
];

const styleBreaches: readonly { text: string; rule: string }[] = [
  { text: `export * from 'zod';\n`, rule: 'no-restricted-syntax' },
  { text: 'export enum Colour { red }\n', rule: 'no-restricted-syntax' },
  { text: `export const home = process.env['HOME'];\n`, rule: 'no-restricted-properties' },
  { text: 'const late = async () => {};\nlate();\n', rule: '@typescript-eslint/no-floating-promises' },
];

let verdicts: readonly Verdict[];

beforeAll(async () => {
  verdicts = await lint([
    ...[...forbidden, ...allowed].map(({ from, name }) => ({ file: `${from}/src/index.ts`, text: importing(name) })),
    ...styleBreaches.map(({ text }) => ({ file: 'libs/protocol/src/index.ts', text, needsTypes: true })),
  ]);
});

describe('module boundaries', () => {
  it.each(forbidden)('refuse $name in $from', (breach) => {
    expect(verdicts[forbidden.indexOf(breach)]?.ruleIds).toContain(breach.rule);
  });

  it.each(allowed)('allow $name in $from', (legal) => {
    expect(verdicts[forbidden.length + allowed.indexOf(legal)]).toMatchObject({ ruleIds: [], messages: [] });
  });
});

describe('style rules', () => {
  it.each(styleBreaches)('refuse $text', (breach) => {
    const position = forbidden.length + allowed.length + styleBreaches.indexOf(breach);
    expect(verdicts[position]?.ruleIds).toContain(breach.rule);
  });
});

function importing(name: string): string {
  return `import { anything } from '${name}';\n\nexport const used = anything;\n`;
}

function lint(texts: readonly { file: string; text: string; needsTypes?: boolean }[]): Promise<readonly Verdict[]> {
  return new Promise((resolve, reject) => {
    const program = path.join(__dirname, 'lint-text.mjs');
    const env = { ...process.env, NX_DAEMON: 'false' };
    const child = execFile(process.execPath, [program], { cwd: workspaceRoot, env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`lint-text failed: ${stderr}`, { cause: error }));
      else resolve(JSON.parse(stdout) as Verdict[]);
    });
    child.stdin?.end(JSON.stringify(texts));
  });
}
