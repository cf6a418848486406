import { readStackConfig } from './config.ts';
import { InvalidSettingError } from './errors.ts';

describe('readStackConfig', () => {
  it('takes the fixed ports unless a variable changes one', () => {
    const { ports } = readStackConfig({ HYBRIDGE_KAFKA_PORT: '19999' });
    expect(ports).toMatchObject({ postgres: 25432, kafka: 19999, connect: 28583, dynamodb: 28000, aws: 24566 });
  });

  it.each(['0', '65536', 'http', '1.5'])('refuses %s as a port and names the variable', (value) => {
    expect(() => readStackConfig({ HYBRIDGE_POSTGRES_PORT: value })).toThrow(InvalidSettingError);
    expect(() => readStackConfig({ HYBRIDGE_POSTGRES_PORT: value })).toThrow(`HYBRIDGE_POSTGRES_PORT=${value}`);
  });

  it('moves the cache', () => {
    expect(readStackConfig({ HYBRIDGE_CACHE_DIR: '/somewhere' }).cacheDirectory).toBe('/somewhere');
  });

  it('keeps the cache out of home when we are root, whose home the database user may not enter', () => {
    const expected = process.getuid?.() === 0 ? '/var/cache/hybridge' : '/xdg/hybridge';
    expect(readStackConfig({ XDG_CACHE_HOME: '/xdg' }).cacheDirectory).toBe(expected);
  });

  it('knows two emulators', () => {
    expect(readStackConfig({ HYBRIDGE_AWS_EMULATOR: 'ministack' }).awsEmulator).toBe('ministack');
    expect(readStackConfig({}).awsEmulator).toBeUndefined();
    expect(() => readStackConfig({ HYBRIDGE_AWS_EMULATOR: 'moto' })).toThrow('localstack or ministack');
  });
});
