import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readStackConfig } from '../config.ts';
import { componentNames, components, portDescriptions } from '../description.ts';
import { repositoryPath } from '../install/resources.ts';
import { findCompose } from './find-compose.ts';
import type { ComposeCommand } from './find-compose.ts';
import { pinnedCompose } from './pinned-compose.ts';

const run = promisify(execFile);
const downloadTimeoutMs = 180_000;

type ResolvedService = {
  readonly image: string;
  readonly ports: readonly { readonly published: string; readonly host_ip: string }[];
};

describe('docker compose config', () => {
  let command: ComposeCommand | undefined;

  beforeAll(async () => {
    command = await findCompose();
    command ??= await pinnedCompose(readStackConfig()).then(
      (program): ComposeCommand => [program],
      (error: unknown) => {
        console.warn(`SKIPPED: docker-compose.yml was not checked, as no compose program can be had: ${String(error)}`);
        return undefined;
      },
    );
  }, downloadTimeoutMs);

  const resolve = async (variables: Record<string, string>): Promise<Record<string, ResolvedService>> => {
    const [program, ...words] = command ?? ['docker-compose'];
    const args = [...words, '-f', repositoryPath('docker-compose.yml'), 'config', '--format', 'json'];
    const { stdout } = await run(program, args, { env: { ...process.env, ...variables } });
    return (JSON.parse(stdout) as { services: Record<string, ResolvedService> }).services;
  };

  it('accepts the file and resolves to the images and default ports of the description', async () => {
    if (!command) return;
    const services = await resolve({});
    for (const name of componentNames) {
      expect(services[name]?.image).toBe(components[name].image);
      expect(services[name]?.ports).toEqual([
        expect.objectContaining({ host_ip: '127.0.0.1', published: String(portDescriptions[name].defaultPort) }),
      ]);
    }
  });

  it('moves a port by the same variable as the native form', async () => {
    if (!command) return;
    const { kafka } = await resolve({ HYBRIDGE_KAFKA_PORT: '12345' });
    expect(kafka?.ports).toEqual([expect.objectContaining({ published: '12345' })]);
    expect(JSON.stringify(kafka)).toContain('HOST://127.0.0.1:12345');
  });
});
