import { CacheUnreachableError, ChecksumError, PortInUseError } from './errors.ts';

describe('errors', () => {
  it('name the port, who holds it, and the variable that changes it', () => {
    const error = new PortInUseError({
      title: 'Kafka',
      port: 29592,
      variable: 'HYBRIDGE_KAFKA_PORT',
      holder: 'process 4711 (java kafka.Kafka)',
    });
    expect(error.message).toContain('29592');
    expect(error.message).toContain('process 4711 (java kafka.Kafka)');
    expect(error.message).toContain('HYBRIDGE_KAFKA_PORT=<port>');
    expect(error).toMatchObject({ code: 'HYBRIDGE_STACK_PORT_IN_USE', port: 29592, retryable: false });
  });

  it('name the file and both checksums', () => {
    const { message } = new ChecksumError({ file: '/cache/a.jar', expected: 'sha256 aa', actual: 'sha256 bb' });
    for (const fact of ['/cache/a.jar', 'sha256 aa', 'sha256 bb', 'removed']) expect(message).toContain(fact);
  });

  it('name the directory that blocks the database user', () => {
    const { message } = new CacheUnreachableError('/home/anna/.cache/hybridge', 'nobody', '/home/anna');
    for (const fact of ['nobody', 'may not enter /home/anna ', 'HYBRIDGE_CACHE_DIR']) expect(message).toContain(fact);
  });
});
