import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { componentNames, components, portDescriptions } from '../description.ts';
import { repositoryPath } from '../install/resources.ts';
import { renderCompose } from './render-compose.ts';
import type { Service } from './services.ts';

const rendered = parse(renderCompose()) as { services: Record<string, Service> };
const service = (name: string): Service => {
  const found = rendered.services[name];
  if (!found) throw new Error(`no service ${name}`);
  return found;
};

describe('docker-compose.yml', () => {
  it('is what the description renders to', () => {
    expect(readFileSync(repositoryPath('docker-compose.yml'), 'utf8')).toBe(renderCompose());
  });

  it('has a service for every component, with its image, needs and memory', () => {
    expect(Object.keys(rendered.services).sort()).toEqual([...componentNames].sort());
    for (const name of componentNames) {
      const { image, needs, memoryMb } = components[name];
      expect(service(name).image).toBe(image);
      expect(Object.keys(service(name).depends_on ?? {})).toEqual(needs);
      expect(service(name).mem_limit).toBe(`${memoryMb}m`);
    }
  });

  it('publishes every port that clients use, on loopback and under the same variable and default', () => {
    const published = Object.values(rendered.services).flatMap(({ ports }) => ports);
    for (const [name, { variable, defaultPort }] of Object.entries(portDescriptions)) {
      if (name === 'kafkaController') continue;
      expect(published).toContainEqual(expect.stringContaining(`127.0.0.1:\${${variable}:-${defaultPort}}:`));
    }
    expect(published).toHaveLength(Object.keys(portDescriptions).length - 1);
  });

  it('hands every setting of the description to its program', () => {
    const environment = (name: string): string[] => Object.values(service(name).environment ?? {});
    expect(environment('kafka')).toEqual(expect.arrayContaining(Object.values(components.kafka.settings)));
    expect(service('kafka').environment).toMatchObject({ KAFKA_PROCESS_ROLES: 'broker,controller' });
    expect(service('connect').environment).toMatchObject({
      GROUP_ID: components.connect.settings['group.id'],
      CONNECT_CONNECTOR_CLIENT_CONFIG_OVERRIDE_POLICY: 'All',
      CONNECT_KEY_CONVERTER_SCHEMAS_ENABLE: 'false',
    });
    expect(service('aws').environment).toMatchObject(components.aws.settings);
    for (const [key, value] of Object.entries(components.postgres.settings)) {
      expect(service('postgres').command).toContain(`${key}=${value}`);
    }
  });
});
