import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { keyOf } from '@hybridge/protocol';
import { createItemReader, createPartitionReader } from '@hybridge/reader-dynamodb';
import { type SqlPool, createRowReader, createSqlPool } from '@hybridge/reader-sql';
import { createItemStore } from '@hybridge/sink-dynamodb';
import pg from 'pg';
import type { JoinBackend } from './join-lab.ts';
import { joinFeatures } from './joins.features.ts';
import { SCHEMA } from './joined-views.ts';

const TABLES = `
  CREATE SCHEMA ${SCHEMA};
  CREATE TABLE ${SCHEMA}.brands (id int PRIMARY KEY, title text NOT NULL);
  CREATE TABLE ${SCHEMA}.products (id int PRIMARY KEY, sku text NOT NULL, brand_id int);
  CREATE TABLE ${SCHEMA}.lines (id int PRIMARY KEY, product_id int, parcel_id int, note text NOT NULL);`;

describe('comparisons and repairs of joins on PostgreSQL and DynamoDB', () => {
  let stack: LocalStack;
  let dynamodb: DynamoDBClient;
  let pool: SqlPool;
  let writer: pg.Client;
  let backend: JoinBackend;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', ports: 'free', components: ['postgres', 'dynamodb'] });
    const { region, credentials, dynamodb: at, postgres } = stack.endpoints;
    dynamodb = new DynamoDBClient({ region, endpoint: at.endpoint, credentials });
    const { tableName } = await provisionTablesOnly(stack.endpoints);
    writer = new pg.Client({ connectionString: postgres.url });
    await writer.connect();
    await writer.query(TABLES);
    pool = createSqlPool({ url: postgres.url, applicationName: 'verify-tests' });
    const items = createItemReader(dynamodb, { tableName });
    const remove: JoinBackend['remove'] = async ({ pk, sk }) =>
      void (await dynamodb.send(
        new DeleteItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } } }),
      ));
    backend = {
      store: createItemStore(dynamodb, { tableName }),
      items,
      partitions: createPartitionReader(items),
      rows: createRowReader({ pool }),
      put: async (item) =>
        void (await dynamodb.send(new PutItemCommand({ TableName: tableName, Item: item as never }))),
      remove,
      async sql({ name }, id, row) {
        await writer.query(`DELETE FROM ${name} WHERE id = $1`, [id]);
        if (row === undefined) return;
        const values = Object.keys(row).map((_, i) => `$${i + 1}`);
        await writer.query(
          `INSERT INTO ${name} (${Object.keys(row).join(', ')}) VALUES (${values.join(', ')})`,
          Object.values(row),
        );
      },
      async clear() {
        for await (const item of items.scan()) await remove(keyOf(item));
        await writer.query(`TRUNCATE ${SCHEMA}.brands, ${SCHEMA}.products, ${SCHEMA}.lines`);
      },
    };
  }, 300_000);

  afterAll(async () => {
    await writer?.end();
    await pool?.[Symbol.asyncDispose]();
    dynamodb?.destroy();
    await stack?.stop();
  });

  joinFeatures(() => backend);
});
