/** A database of strangers, with the definitions that `hybridge init` has written of it, as a source that runs. */
import { CreateTableCommand, DynamoDBClient, UpdateItemCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { connectorConfig, connectorName, registerConnector, slotName } from '@hybridge/infra-connect';
import {
  SqlRole,
  ensureAccess,
  ensureMariadbAccess,
  ensurePublication,
  isBinlogRead,
  isSlotActive,
  migrate,
  migrateMariadb,
} from '@hybridge/infra-sql';
import { type LocalStack, findFreePorts, pollUntil } from '@hybridge/local-stack';
import { silentLogger } from '@hybridge/observability';
import { readConfig, startProjector } from '@hybridge/projector';
import type { ItemKey } from '@hybridge/protocol';
import { type ItemReader, createItemReader } from '@hybridge/reader-dynamodb';
import { connectReaders } from '@hybridge/reader-sql';
import type { RunningApp } from '@hybridge/runtime';
import { type Comparison, compareAll } from '@hybridge/verify';
import type { Catalog, Source } from '@hybridge/views';

/** A busy machine may have a long way to go. */
const PATIENCE_MS = 120_000;

export interface AdoptedDatabase extends AsyncDisposable {
  readonly items: ItemReader;
  /** Every view and every hidden one held against SQL, once all that was committed before is in its items. */
  compare(): Promise<readonly Comparison[]>;
  /** The same, without waiting. */
  look(): Promise<readonly Comparison[]>;
  /** Takes an attribute from an item, past the protocol. */
  spoil(key: ItemKey, attribute: string): Promise<void>;
}

export interface Adoption {
  readonly stack: LocalStack;
  readonly catalog: Catalog;
  /** Of the administrator. */
  readonly url: string;
  /** Further settings of the projector, by the names of the environment. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Roles, inbox and rights, as infra/sql makes them. */
export async function openDatabase({ catalog, url }: Adoption): Promise<void> {
  const { name: source, kind } = catalog.sources[0] as Source;
  const passwords = { [SqlRole.app]: SqlRole.app, [SqlRole.capture]: SqlRole.capture };
  if (kind === 'mariadb') {
    await migrateMariadb({ url, passwords });
    return ensureMariadbAccess({ url, catalog, source });
  }
  await migrate({ url, passwords });
  await ensurePublication({ url, catalog, source });
  await ensureAccess({ url, catalog, source });
}

/** Starts connector and projector for a database that is open. */
export async function adopt(adoption: Adoption): Promise<AdoptedDatabase> {
  const { stack, catalog, url } = adoption;
  const { region, credentials, dynamodb } = stack.endpoints;
  const tableName = `views-${(catalog.sources[0] as Source).name}`;
  const client = new DynamoDBClient({ region, credentials, endpoint: dynamodb.endpoint });
  const appUrl = asRole(url, SqlRole.app);
  const rows = connectReaders({
    sources: catalog.sources,
    urls: new Map(catalog.sources.map(({ name }) => [name, appUrl])),
    applicationName: 'adopted',
  });
  const items = createItemReader(client, { tableName });
  const stopping = new AbortController();
  let projector: RunningApp | undefined;
  let failure: unknown;
  const stop = async (): Promise<void> => {
    stopping.abort();
    await projector?.[Symbol.asyncDispose]();
    await rows[Symbol.asyncDispose]();
    client.destroy();
  };
  try {
    await createTable(client, tableName);
    const config = readConfig(await environmentOf(adoption, { tableName, appUrl }), catalog.sources);
    projector = await startProjector(config, silentLogger(), stopping.signal, catalog);
    projector.ended.catch((error: unknown) => (failure = error));
    await startConnector(adoption);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    items,
    async compare() {
      const quickly = { rechecks: 1, recheckPauseMs: 200 };
      const isDone = async (): Promise<boolean> => {
        if (failure !== undefined) throw failure;
        return (await compareAll(catalog, { rows, items }, quickly)).every(isSame);
      };
      await pollUntil(isDone, { timeoutMs: PATIENCE_MS });
      return compareAll(catalog, { rows, items });
    },
    look: () => compareAll(catalog, { rows, items }),
    async spoil({ pk, sk }, attribute) {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { pk: { S: pk }, sk: { S: sk } },
          UpdateExpression: 'REMOVE #a',
          ExpressionAttributeNames: { '#a': attribute },
        }),
      );
    },
    [Symbol.asyncDispose]: stop,
  };
}

const environmentOf = async (
  { stack: { endpoints }, catalog, settings = {} }: Adoption,
  { tableName, appUrl }: { readonly tableName: string; readonly appUrl: string },
): Promise<Record<string, string>> => ({
  PROJECTOR_KAFKA_BROKERS: endpoints.kafka.brokers.join(','),
  PROJECTOR_KAFKA_GROUP_ID: (catalog.sources[0] as Source).name,
  PROJECTOR_TOPIC_PARTITIONS: '3',
  PROJECTOR_DYNAMODB_ENDPOINT: endpoints.dynamodb.endpoint,
  PROJECTOR_TABLE_NAME: tableName,
  PROJECTOR_AWS_REGION: endpoints.region,
  PROJECTOR_SQL_URL: appUrl,
  PROJECTOR_PORT: String((await findFreePorts()).aws),
  ...settings,
});

const isSame = ({ compared, counts }: Comparison): boolean => counts.matched === compared;

/** What is not as it should be, by view: empty where nothing is. */
export const faultsOf = (comparisons: readonly Comparison[]): readonly string[] =>
  comparisons
    .filter((one) => !isSame(one))
    .map(
      ({ view, counts, differences }) => `${view}: ${JSON.stringify({ counts, differences: differences.slice(0, 3) })}`,
    );

function asRole(url: string, role: SqlRole): string {
  const changed = new URL(url);
  changed.username = role;
  changed.password = role;
  return changed.href;
}

async function createTable(client: DynamoDBClient, tableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.1 }, { TableName: tableName });
}

async function startConnector({ stack: { endpoints }, catalog, url }: Adoption): Promise<void> {
  const { name: source, kind } = catalog.sources[0] as Source;
  const database = kind === 'mariadb' ? 'mariadb' : 'postgres';
  await registerConnector({
    connectUrl: endpoints.connect.url,
    name: connectorName(source),
    isCapturing: database === 'mariadb' ? () => isBinlogRead(url) : () => isSlotActive(url, slotName(source)),
    config: connectorConfig({
      catalog,
      source,
      database: {
        ...endpoints.connect.databases[database],
        name: new URL(url).pathname.slice(1),
        user: SqlRole.capture,
        password: SqlRole.capture,
        sslMode: 'disable',
      },
      kafkaBrokers: endpoints.connect.brokers,
    }),
  });
}
