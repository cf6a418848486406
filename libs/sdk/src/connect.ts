import { type DynamoDbClientOptions, createDynamoDbClient, createItemReader } from '@hybridge/reader-dynamodb';
import { readersBySource } from '@hybridge/reader-sql';
import { createItemStore } from '@hybridge/sink-dynamodb';
import type { Catalog } from '@hybridge/views';
import { type SourceServers, type SqlReplicaOptions, type SqlServerOptions, connectSource } from './connect-source.ts';
import { type Hybridge, type HybridgeOptions, createHybridge } from './hybridge.ts';

export interface ConnectOptions extends HybridgeOptions {
  readonly catalog: Catalog;
  readonly dynamodb: DynamoDbClientOptions & { readonly tableName: string };
  /** The source database of a catalog with one source. */
  readonly sql?: SqlServerOptions | undefined;
  /** Its replica. */
  readonly sqlReplica?: SqlReplicaOptions | undefined;
  /** In place of them, for a catalog with several sources: each by its name. */
  readonly sources?: { readonly [source: string]: SourceServers };
}

/** Holds connections until it is disposed of. */
export interface ConnectedHybridge extends Hybridge, AsyncDisposable {}

/**
 * The SDK with clients of its own. Connects lazily: what is down shows at the first call that needs it. Every source has
 * connections, budget and breaker of its own, so that one that is down holds up reads of no other.
 * @throws RangeError when a source of the catalog has no database
 */
export function connectHybridge(options: ConnectOptions): ConnectedHybridge {
  const { catalog, dynamodb } = options;
  const servers = serversOf(options);
  const { tableName } = dynamodb;
  const client = createDynamoDbClient(dynamodb);
  const connected = catalog.sources.map((source) => connectSource(source, servers.get(source.name) as SourceServers));
  const rows = readersBySource(new Map(connected.map((one) => [one.source, one.rows])));
  const items = createItemReader(client, { tableName });
  const hybridge = createHybridge({ catalog, items, store: createItemStore(client, { tableName }), rows }, options);
  return {
    ...hybridge,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await Promise.all(connected.map((one) => one[Symbol.asyncDispose]()));
    },
  };
}

function serversOf({ catalog, sql, sqlReplica, sources = {} }: ConnectOptions): ReadonlyMap<string, SourceServers> {
  const given = new Map(Object.entries(sources));
  const names = catalog.sources.map(({ name }) => name);
  const [only = '', ...others] = names;
  if (sql !== undefined) {
    if (given.size > 0) throw new RangeError('Both sql and sources are given: name every database under sources.');
    if (others.length > 0) {
      throw new RangeError(`The catalog has the sources ${names.join(', ')}: give sources, with a database for each.`);
    }
    given.set(only, { primary: sql, replica: sqlReplica });
  }
  const missing = names.filter((name) => !given.has(name));
  if (missing.length > 0) throw new RangeError(`No database is given of source ${missing.join(', ')}.`);
  const unknown = [...given.keys()].filter((name) => !names.includes(name));
  if (unknown.length === 0) return given;
  throw new RangeError(`sources names ${unknown.join(', ')}, but the catalog has ${names.join(', ')}.`);
}
