/** The source databases of the catalog: what is made in each, and its connector. */
import { connectorConfig, connectorName, registerConnector, slotName } from '@hybridge/infra-connect';
import type { ConnectorOptions } from '@hybridge/infra-connect';
import {
  DEMO_SIZES,
  SqlRole,
  createDemo,
  createStockroom,
  ensureAccess,
  ensureMariadbAccess,
  ensurePublication,
  isBinlogRead,
  isSlotActive,
  migrate,
  migrateMariadb,
} from '@hybridge/infra-sql';
import type { DemoOptions } from '@hybridge/infra-sql';
import type { DatabaseKind, Endpoints } from '../endpoints.ts';
import { ProvisionError } from './errors.ts';

export type Catalog = ConnectorOptions['catalog'];
type Source = Catalog['sources'][number];

/** `…url` for the administrator and each role. Locally every role's password is its name. */
export type SqlUrls = {
  readonly adminUrl: string;
  /** `hybridge_app`: writeback, fills, inspector. */
  readonly appUrl: string;
  /** `hybridge_capture`. */
  readonly captureUrl: string;
};

export type ProvisionedSource = SqlUrls & {
  readonly name: string;
  readonly kind: DatabaseKind;
  /** Name of its connector. */
  readonly connector: string;
};

export type SourceOptions = {
  readonly endpoints: Endpoints;
  readonly catalog: Catalog;
  readonly topicPrefix: string;
  readonly topics?: NonNullable<ConnectorOptions['topics']> | undefined;
  readonly epoch?: number | undefined;
  readonly signal: AbortSignal;
};

export function urlsOf(endpoints: Endpoints, kind: DatabaseKind): SqlUrls {
  const { host, port, database, url } = endpoints[kind];
  const urlFor = (role: SqlRole): string => `${kind}://${role}:${role}@${host}:${port}/${database}`;
  return { adminUrl: url, appUrl: urlFor(SqlRole.app), captureUrl: urlFor(SqlRole.capture) };
}

/** The sources of a catalog in the databases of the stack. @throws ProvisionError where the stack has none for a source */
export function sourcesIn(endpoints: Endpoints, { sources }: Catalog): readonly ProvisionedSource[] {
  return sources.map((source, place) => {
    const kind = databaseKindOf(source);
    const other = sources.slice(0, place).find((one) => one.kind === kind);
    if (other !== undefined) {
      throw new ProvisionError({
        what: `The sources ${other.name} and ${source.name} are both of kind ${kind}, and the local stack has one database of a kind.`,
        fix: 'run the views of one of them, or make the second database by hand.',
      });
    }
    return { name: source.name, kind, connector: connectorName(source.name), ...urlsOf(endpoints, kind) };
  });
}

/** Which component of the stack a source is in. @throws ProvisionError for a kind that the stack cannot run */
export function databaseKindOf({ name, kind }: Source): DatabaseKind {
  if (kind !== 'mysql') return kind;
  throw new ProvisionError({
    what: `Source ${name} is of kind mysql, which the local stack does not run: no registry has its binaries.`,
    fix: 'use a MariaDB for trying it out, or a MySQL of your own with apps started by hand.',
  });
}

const passwords = { [SqlRole.capture]: SqlRole.capture, [SqlRole.app]: SqlRole.app };

/** Roles and inbox. */
export async function migrateSource({ kind, adminUrl: url }: ProvisionedSource): Promise<void> {
  await { postgres: migrate, mariadb: migrateMariadb }[kind]({ url, passwords });
}

export async function fillDemo(
  { kind, adminUrl: url }: ProvisionedSource,
  size: NonNullable<DemoOptions['size']>,
): Promise<void> {
  if (kind === 'postgres') await createDemo({ url, size });
  else await createStockroom({ url, products: (typeof size === 'string' ? DEMO_SIZES[size] : size).products });
}

/** What the connector and the apps may see and do, from the definitions. */
export async function openSource(
  { name: source, kind, adminUrl: url }: ProvisionedSource,
  catalog: Catalog,
): Promise<void> {
  if (kind === 'mariadb') return ensureMariadbAccess({ url, catalog, source });
  await ensurePublication({ url, catalog, source });
  await ensureAccess({ url, catalog, source });
}

/** Resolves when changes are being captured. */
export async function startConnector(source: ProvisionedSource, options: SourceOptions): Promise<void> {
  const { endpoints, catalog, topicPrefix, topics, epoch, signal } = options;
  const { name, kind, adminUrl } = source;
  const isCapturing = { postgres: () => isSlotActive(adminUrl, slotName(name)), mariadb: () => isBinlogRead(adminUrl) };
  await registerConnector({
    connectUrl: endpoints.connect.url,
    name: source.connector,
    signal,
    isCapturing: isCapturing[kind],
    config: connectorConfig({
      catalog,
      source: name,
      database: {
        ...endpoints.connect.databases[kind],
        name: endpoints[kind].database,
        user: SqlRole.capture,
        password: SqlRole.capture,
        sslMode: 'disable',
      },
      kafkaBrokers: endpoints.connect.brokers,
      topicPrefix,
      ...(topics === undefined ? {} : { topics }),
      ...(epoch === undefined ? {} : { epoch }),
    }),
  });
}
