import { connectorName } from '@hybridge/setup';
import { SourceKind } from '@hybridge/views';
import { type BinlogOptions, binlogConnector } from './binlog-connector.ts';
import { sourceOf } from './captured-tables.ts';
import type { CommonOptions, ConnectorConfig } from './common-settings.ts';
import { type PostgresOptions, postgresConnector } from './postgres-connector.ts';

export { connectorName };

export interface ConnectorOptions extends CommonOptions, PostgresOptions, BinlogOptions {}

/**
 * The Debezium connector of one source, derived from the view definitions.
 * @throws ConnectError `HYBRIDGE_CONNECT_SOURCE_UNKNOWN`; `HYBRIDGE_CONNECT_BROKERS_MISSING` for MariaDB and MySQL
 */
export function connectorConfig(options: ConnectorOptions): ConnectorConfig {
  const { name, kind } = sourceOf(options.catalog, options.source);
  return kind === SourceKind.postgres ? postgresConnector(options, name) : binlogConnector(options, { name, kind });
}
