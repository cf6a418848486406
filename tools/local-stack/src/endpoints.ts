/** Where a running stack answers. The same shape and the same names in both forms. */
import { access } from './description.ts';
import type { Ports } from './description.ts';

/** How the stack is run. */
export const StackForm = { native: 'native', compose: 'compose' } as const;
export type StackForm = (typeof StackForm)[keyof typeof StackForm];

/** The components that are source databases. */
export type DatabaseKind = 'postgres' | 'mariadb';

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
  readonly mariadb: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly adminUser: string;
    readonly adminPassword: string;
    /** `mariadb://user:password@host:port/database` of the administrator. */
    readonly url: string;
  };
  readonly kafka: { readonly brokers: readonly string[] };
  readonly connect: {
    readonly url: string;
    /** How Connect itself reaches the databases: for connector configurations. Differs from `<kind>.host` in compose. */
    readonly databases: Readonly<Record<DatabaseKind, { readonly host: string; readonly port: number }>>;
    /** How Connect itself reaches Kafka: connectors keep some of their state there. */
    readonly brokers: readonly string[];
  };
  readonly dynamodb: { readonly endpoint: string };
  readonly aws: { readonly endpoint: string };
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/** In full and never `localhost`: the emulator's queue URLs, advertised listeners and ours must name the same host. */
export const loopback = '127.0.0.1';

/** Ports of the databases inside the compose network. */
export const composeDatabasePorts = { postgres: 5432, mariadb: 3306 } as const;

/** Port of the listener inside the compose network. */
export const composeKafkaPort = 9092;

export function endpointsOf(form: StackForm, ports: Ports): Endpoints {
  const asConnectSees = (kind: DatabaseKind): { host: string; port: number } =>
    form === StackForm.compose
      ? { host: kind, port: composeDatabasePorts[kind] }
      : { host: loopback, port: ports[kind] };
  return {
    postgres: databaseEndpoint('postgres', ports.postgres),
    mariadb: databaseEndpoint('mariadb', ports.mariadb),
    kafka: { brokers: [`${loopback}:${ports.kafka}`] },
    connect: {
      url: `http://${loopback}:${ports.connect}`,
      brokers: [form === StackForm.compose ? `kafka:${composeKafkaPort}` : `${loopback}:${ports.kafka}`],
      databases: { postgres: asConnectSees('postgres'), mariadb: asConnectSees('mariadb') },
    },
    dynamodb: { endpoint: `http://${loopback}:${ports.dynamodb}` },
    aws: { endpoint: `http://${loopback}:${ports.aws}` },
    region: access.region,
    credentials: access.credentials,
  };
}

function databaseEndpoint(kind: DatabaseKind, port: number): Endpoints[DatabaseKind] {
  const { database, adminUser, adminPassword } = access[kind];
  const url = `${kind}://${adminUser}:${adminPassword}@${loopback}:${port}/${database}`;
  return { host: loopback, port, database, adminUser, adminPassword, url };
}
