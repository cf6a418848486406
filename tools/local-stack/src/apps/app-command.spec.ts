import { readFileSync } from 'node:fs';
import { repositoryPath } from '../install/resources.ts';
import { appCommand, heapFlags, stripsTypes } from './app-command.ts';

describe('appCommand', () => {
  it.each([
    ['20.19.0', false],
    ['22.17.9', false],
    ['22.18.0', true],
    ['24.9.0', true],
  ])('Node %s runs TypeScript by itself: %s', (version, expected) => {
    expect(stripsTypes(version)).toBe(expected);
  });

  it('runs the source of the app with only the environment it is given', () => {
    const { NODE_COMPILE_CACHE: _, ...without } = process.env;
    jest.replaceProperty(process, 'env', without);
    const command = appCommand('view-api', { VIEW_API_PORT: '1' });
    expect(command.args.at(-1)).toMatch(/apps[/\\]view-api[/\\]src[/\\]main\.ts$/);
    expect(Object.keys(command.environment).sort()).toEqual(['HOME', 'PATH', 'VIEW_API_PORT']);
    jest.replaceProperty(process, 'env', { ...without, NODE_COMPILE_CACHE: '/cache' });
    expect(appCommand('view-api', {}).environment['NODE_COMPILE_CACHE']).toBe('/cache');
  });

  it('bounds the heap of the projector as its image does', () => {
    const flags = heapFlags.projector ?? [];
    expect(appCommand('projector', {}).args.slice(0, flags.length)).toEqual(flags);
    expect(readFileSync(repositoryPath('apps', 'projector', 'Dockerfile'), 'utf8')).toContain(` ${flags.join(' ')}"`);
  });
});
