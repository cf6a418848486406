import { componentNames, components, defaultComponents, portDescriptions, withNeeds } from './description.ts';

describe('the description', () => {
  it('fits in 4 GiB of container limits; what is really used is measured by the integration test', () => {
    const totalMb = componentNames.reduce((sum, name) => sum + components[name].memoryMb, 0);
    expect(totalMb).toBeLessThanOrEqual(4096);
  });

  it('gives every port another number and another variable', () => {
    const ports = Object.values(portDescriptions);
    expect(new Set(ports.map(({ defaultPort }) => defaultPort)).size).toBe(ports.length);
    expect(new Set(ports.map(({ variable }) => variable)).size).toBe(ports.length);
  });

  it('has MariaDB only where it is asked for', () => {
    expect(componentNames.filter((name) => !defaultComponents.includes(name))).toEqual(['mariadb']);
  });

  it('adds what a component needs, in start order', () => {
    expect(withNeeds(['connect', 'postgres'])).toEqual(['postgres', 'kafka', 'connect']);
    expect(withNeeds(['dynamodb'])).toEqual(['dynamodb']);
  });
});
