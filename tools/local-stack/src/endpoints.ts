/** Where a running stack answers. The same shape and the same names in both forms. */
import { access } from './description.ts';
import type { Ports } from './description.ts';

/** How the stack is run. */
export const StackForm = { native: 'native', compose: 'compose' } as const;
export type StackForm = (typeof StackForm)[keyof typeof StackForm];

export type Endpoints = {
  readonly postgres: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly adminUser: string;
    readonly adminPassword: string;
    /** `postgres://user:password@host:port/database` of the administrator. */
    readonly url: string;
  };
  readonly kafka: { readonly brokers: readonly string[] };
  readonly connect: {
    readonly url: string;
    /** How Connect itself reaches PostgreSQL: for connector configurations. Differs from `postgres.host` in compose. */
    readonly databaseHost: string;
    readonly databasePort: number;
  };
  readonly dynamodb: { readonly endpoint: string };
  readonly aws: { readonly endpoint: string };
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/** In full and never `localhost`: the emulator's queue URLs, advertised listeners and ours must name the same host. */
export const loopback = '127.0.0.1';

/** Port of PostgreSQL inside the compose network. */
export const composePostgresPort = 5432;

export function endpointsOf(form: StackForm, ports: Ports): Endpoints {
  const { database, adminUser, adminPassword } = access.postgres;
  const inCompose = form === StackForm.compose;
  return {
    postgres: {
      host: loopback,
      port: ports.postgres,
      database,
      adminUser,
      adminPassword,
      url: `postgres://${adminUser}:${adminPassword}@${loopback}:${ports.postgres}/${database}`,
    },
    kafka: { brokers: [`${loopback}:${ports.kafka}`] },
    connect: {
      url: `http://${loopback}:${ports.connect}`,
      databaseHost: inCompose ? 'postgres' : loopback,
      databasePort: inCompose ? composePostgresPort : ports.postgres,
    },
    dynamodb: { endpoint: `http://${loopback}:${ports.dynamodb}` },
    aws: { endpoint: `http://${loopback}:${ports.aws}` },
    region: access.region,
    credentials: access.credentials,
  };
}
