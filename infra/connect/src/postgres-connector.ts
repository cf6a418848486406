import { DEFAULT_PUBLICATION, slotName } from '@hybridge/setup';
import { SourceKind } from '@hybridge/views';
import { type CommonOptions, type ConnectorConfig, commonSettings } from './common-settings.ts';

export { slotName };

export interface PostgresOptions {
  /** Default `hybridge`. */
  readonly publication?: string;
  /** Default `slotName` of the source. */
  readonly slot?: string;
}

/** The Debezium connector of one PostgreSQL source. */
export const postgresConnector = (options: CommonOptions & PostgresOptions, source: string): ConnectorConfig => ({
  ...commonSettings(options, { name: source, kind: SourceKind.postgres }),
  'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
  ...databaseSettings(options),
  'plugin.name': 'pgoutput',
  'publication.name': options.publication ?? DEFAULT_PUBLICATION,
  'publication.autocreate.mode': 'disabled',
  'slot.name': options.slot ?? slotName(source),
});

const databaseSettings = ({ database }: CommonOptions): ConnectorConfig => ({
  'database.hostname': database.host,
  'database.port': String(database.port),
  'database.dbname': database.name,
  'database.user': database.user,
  'database.password': database.password,
  'database.sslmode': database.sslMode ?? 'prefer',
});
