import { portDescriptions } from '../description.ts';
import type { Ports } from '../description.ts';
import { StackForm, endpointsOf } from '../endpoints.ts';
import { AppName, environmentOf } from './app-environment.ts';

const stackPorts = Object.fromEntries(
  Object.entries(portDescriptions).map(([name, { defaultPort }]) => [name, defaultPort]),
) as Ports;

const stack = {
  endpoints: endpointsOf(StackForm.native, stackPorts),
  resources: { queueUrl: 'http://127.0.0.1:24566/000000000000/hybridge-writeback', tableName: 'views' },
  ports: {
    operations: { projector: 1, 'stream-pipe': 2, writeback: 3, 'view-api': 4, inspector: 5 },
    http: 6,
  },
  jwtSecret: 'secret-of-this-run',
};

describe('environmentOf', () => {
  it.each(Object.values(AppName))('tells %s its port, table and nothing undefined', (name) => {
    const environment = environmentOf(name, stack);
    const prefix = name.toUpperCase().replace('-', '_');
    expect(environment[`${prefix}_PORT`]).toBe(String(stack.ports.operations[name]));
    expect(environment[`${prefix}_TABLE_NAME`]).toBe('views');
    expect(environment[`${prefix}_AWS_REGION`]).toBe(stack.endpoints.region);
    expect(Object.values(environment)).not.toContain('undefined');
  });

  it('names variables after the app that reads them', () => {
    const names = Object.keys(environmentOf('stream-pipe', stack)).filter((name) => !name.startsWith('AWS_'));
    expect(names.every((name) => name.startsWith('STREAM_PIPE_'))).toBe(true);
  });

  it('gives the writeback its queue and the role of the apps', () => {
    expect(environmentOf('writeback', stack)).toMatchObject({
      WRITEBACK_QUEUE_URL: stack.resources.queueUrl,
      WRITEBACK_SQL_URL: `postgres://hybridge_app:hybridge_app@127.0.0.1:${stackPorts.postgres}/shop`,
    });
  });

  it('names the databases of several sources after them', () => {
    const sources = [
      { name: 'shop', kind: 'postgres' },
      { name: 'stock-room', kind: 'mariadb' },
    ] as const;
    const environment = environmentOf('projector', { ...stack, resources: { ...stack.resources, sources } });
    expect(environment).toMatchObject({
      PROJECTOR_SQL_URL_SHOP: `postgres://hybridge_app:hybridge_app@127.0.0.1:${stackPorts.postgres}/shop`,
      PROJECTOR_SQL_URL_STOCK_ROOM: `mariadb://hybridge_app:hybridge_app@127.0.0.1:${stackPorts.mariadb}/stockroom`,
    });
    expect(environment).not.toHaveProperty('PROJECTOR_SQL_URL');
  });

  it('names the queues of several sources after them', () => {
    const queueUrls = { shop: 'http://queue/a', 'stock-room': 'http://queue/b' };
    const environment = environmentOf('writeback', { ...stack, resources: { ...stack.resources, queueUrls } });
    expect(environment).toMatchObject({
      WRITEBACK_QUEUE_URL_SHOP: 'http://queue/a',
      WRITEBACK_QUEUE_URL_STOCK_ROOM: 'http://queue/b',
    });
    expect(environment).not.toHaveProperty('WRITEBACK_QUEUE_URL');
  });

  it('tells view-api alone what signs tokens', () => {
    const knowing = Object.values(AppName).filter((name) =>
      Object.values(environmentOf(name, stack)).includes(stack.jwtSecret),
    );
    expect(knowing).toEqual(['view-api']);
    expect(environmentOf('view-api', stack)).toMatchObject({
      VIEW_API_JWT_SECRET: stack.jwtSecret,
      VIEW_API_JWT_ISSUER: 'hybridge-local',
    });
  });

  it('leaves names that were not provisioned to the defaults of the app', () => {
    expect(environmentOf('stream-pipe', stack)).not.toHaveProperty('STREAM_PIPE_EVENT_BUS_NAME');
  });
});
