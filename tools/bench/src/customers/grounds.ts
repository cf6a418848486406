/** What most workloads stand on: a DynamoDB Local with an empty view table, and a PostgreSQL with the shop. */
import { SqlRole, createDemo, ensureAccess, ensurePublication, migrate } from '@hybridge/infra-sql';
import { type Endpoints, createProgressView, provisionTablesOnly, shopOnly, startStack } from '@hybridge/local-stack';
import pg from 'pg';
import { type Order, SELECT_ORDER } from './order.ts';
import type { Site } from './sdk.ts';

export interface Grounds extends AsyncDisposable {
  readonly endpoints: Endpoints;
  readonly site: Site;
  /** As the owner of the database. */
  readonly sql: pg.Pool;
  /** Orders that no one has taken before, and that have no items. @throws when there are not as many left */
  takeOrders(count: number): Promise<readonly Order[]>;
}

/** @param orders rows of the table */
export async function startGrounds(orders: number, signal: AbortSignal): Promise<Grounds> {
  const progress = createProgressView();
  const stack = await startStack({
    form: 'native',
    components: ['dynamodb', 'postgres'],
    ports: 'free',
    signal,
    onProgress: progress.onProgress,
  });
  progress.close();
  try {
    const { endpoints } = stack;
    const { tableName } = await provisionTablesOnly(endpoints);
    const { url, host, port, database } = endpoints.postgres;
    await migrate({ url, passwords: { [SqlRole.capture]: SqlRole.capture, [SqlRole.app]: SqlRole.app } });
    await createDemo({ url, size: { customers: CUSTOMERS, products: PRODUCTS, orders } });
    const { catalog } = shopOnly();
    await ensurePublication({ url, catalog });
    await ensureAccess({ url, catalog });
    const sql = new pg.Pool({ connectionString: url, max: 2 });
    const { region, credentials, dynamodb } = endpoints;
    return {
      endpoints,
      sql,
      site: {
        dynamodb: { region, credentials, endpoint: dynamodb.endpoint },
        tableName,
        sqlUrl: `postgres://${SqlRole.app}:${SqlRole.app}@${host}:${port}/${database}`,
      },
      takeOrders: createOrderTaker(sql),
      async [Symbol.asyncDispose]() {
        await sql.end();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

const CUSTOMERS = 200;
const PRODUCTS = 20;

export function createOrderTaker(sql: pg.Pool): Grounds['takeOrders'] {
  let last = '0';
  return async (count) => {
    const { rows } = await sql.query<Order>(`${SELECT_ORDER} WHERE id > $1 ORDER BY orders.id LIMIT $2`, [last, count]);
    if (rows.length < count) throw new Error(`${count} orders are asked for, but only ${rows.length} are left.`);
    last = rows.at(-1)?.id ?? last;
    return rows;
  };
}
