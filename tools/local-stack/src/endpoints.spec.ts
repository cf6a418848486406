import { endpointsOf } from './endpoints.ts';

const ports = { postgres: 1, mariadb: 7, kafka: 2, kafkaController: 3, connect: 4, dynamodb: 5, aws: 6 };

describe('endpointsOf', () => {
  it('gives clients the same addresses in both forms', () => {
    const { connect: native, ...rest } = endpointsOf('native', ports);
    const { connect: compose, ...composeRest } = endpointsOf('compose', ports);
    expect(composeRest).toEqual(rest);
    expect(compose.url).toBe(native.url);
    expect(rest.postgres.url).toBe('postgres://postgres:postgres@127.0.0.1:1/shop');
  });

  it('tells connectors how Connect itself reaches the database', () => {
    expect(endpointsOf('native', ports).connect).toMatchObject({
      databases: { postgres: { host: '127.0.0.1', port: 1 }, mariadb: { host: '127.0.0.1', port: 7 } },
    });
    expect(endpointsOf('compose', ports).connect).toMatchObject({
      databases: { postgres: { host: 'postgres', port: 5432 }, mariadb: { host: 'mariadb', port: 3306 } },
    });
  });
});
