import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { appDockerfile } from './app-dockerfile.ts';
import generateApp from './app.ts';
import generateLib from './lib.ts';

const appReadmeHeadings = [
  'In',
  'Out',
  'Guarantee',
  'On failure',
  'Config',
  'Metrics and alarms',
  'Run alone',
  'Deploy alone',
];

let tree: Tree;

beforeEach(() => {
  tree = createTreeWithEmptyWorkspace();
});

describe('the lib generator', () => {
  it('writes an adapter with its tags and the way to the root', async () => {
    await generateLib(tree, { path: 'sink/kinesis', description: 'Items to Kinesis.', tech: 'aws', skipFormat: true });
    const manifest = readJson(tree, 'libs/sink/kinesis/package.json');
    expect(manifest.name).toBe('@hybridge/sink-kinesis');
    expect(manifest.nx.tags).toEqual(['type:lib', 'area:sink', 'adapter:sink-kinesis', 'tech:aws']);
    expect(manifest.exports['.']['@hybridge/source']).toBe('./src/index.ts');
    expect(readJson(tree, 'libs/sink/kinesis/tsconfig.lib.json').extends).toBe('../../../tsconfig.base.json');
  });

  it('writes the shared anatomy and no configuration', async () => {
    await generateLib(tree, { path: 'clock', description: 'Time.', skipFormat: true });
    expect(tree.children('libs/clock').toSorted()).toEqual([
      'README.md',
      'package.json',
      'src',
      'tsconfig.json',
      'tsconfig.lib.json',
      'tsconfig.spec.json',
    ]);
    expect(tree.children('libs/clock/src').toSorted()).toEqual(['errors.ts', 'index.ts']);
    expect(tree.read('libs/clock/src/index.ts', 'utf8')).toContain(`export { ClockError } from './errors.ts';`);
  });

  it('refuses a folder that is taken', async () => {
    await generateLib(tree, { path: 'clock', description: 'Time.', skipFormat: true });
    await expect(generateLib(tree, { path: 'clock', description: 'Time.', skipFormat: true })).rejects.toThrow(
      'libs/clock already',
    );
  });
});

describe('the app generator', () => {
  beforeEach(async () => {
    await generateApp(tree, { name: 'archiver', description: 'Events to files.', skipFormat: true });
  });

  it('writes the headings of the README in their order', () => {
    const readme = tree.read('apps/archiver/README.md', 'utf8') ?? '';
    expect([...readme.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(appReadmeHeadings);
  });

  it('writes a composition root, a configuration and a Dockerfile', () => {
    expect(tree.children('apps/archiver/src').toSorted()).toEqual(['config.ts', 'errors.ts', 'index.ts', 'main.ts']);
    expect(tree.read('apps/archiver/src/config.ts', 'utf8')).toContain('ARCHIVER_PORT');
    expect(tree.read('apps/archiver/Dockerfile', 'utf8')).toBe(appDockerfile('archiver'));
    expect(readJson(tree, 'apps/archiver/package.json').dependencies).toHaveProperty('zod');
    expect(readJson(tree, 'apps/archiver/package.json').nx.tags).toEqual(['type:app', 'app:archiver']);
  });
});

describe('the Dockerfiles of the repository', () => {
  it.each(['projector', 'stream-pipe', 'writeback', 'view-api', 'inspector'])('%s has the generated one', (app) => {
    const file = path.resolve(__dirname, '../../../../apps', app, 'Dockerfile');
    expect(readFileSync(file, 'utf8')).toBe(appDockerfile(app));
  });
});
