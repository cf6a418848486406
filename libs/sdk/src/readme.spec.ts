import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sdk from './index.ts';

const textOf = (file: string): string => readFileSync(join(__dirname, file), 'utf8');
const README = textOf('../README.md');

describe('the README', () => {
  it('shows only examples that are compiled', () => {
    const examples = [...README.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code.trim());
    const compiled = textOf('readme.type.spec.ts').replace(/^ {2}/gm, '');
    expect(examples).toHaveLength(4);
    for (const example of examples) expect(compiled).toContain(example);
  });

  it('lists the code of every error there is', () => {
    const classes = Object.values(sdk).filter(
      (value) => typeof value === 'function' && value.prototype instanceof sdk.HybridgeError,
    ) as unknown as (new (message: string, facts: sdk.ErrorFacts) => sdk.HybridgeError)[];
    const codes = classes.map((HybridgeError) => new HybridgeError('', { view: '' }));
    expect(codes.length).toBeGreaterThan(10);
    for (const { code, retry } of codes) expect(README).toMatch(new RegExp(`\`${code}\` +\\| ${retry} `));
  });
});
