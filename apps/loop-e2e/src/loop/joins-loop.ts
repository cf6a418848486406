/** The loop as far as the projector, and what its items say beside what both databases do. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { joinedCatalog as catalog } from '@hybridge/faults';
import { type AppCrash, AppName, type Loop, definitionsIn, drained, startLoop } from '@hybridge/local-stack';
import {
  type FanOutJob,
  ItemState,
  JOB_LANES,
  formatKey,
  jobOf,
  jobPartition,
  keyOf,
  scalarOf,
  stateOf,
} from '@hybridge/protocol';
import { createItemReader } from '@hybridge/reader-dynamodb';
import { toDocument } from '@hybridge/views';
import { Kafka, logLevel } from 'kafkajs';
import { type RowDataPacket, createPool } from 'mysql2/promise';
import { Pool } from 'pg';

const SENTINEL_ID = 999_999;

/** Documents by item key. */
export type Shown = Readonly<Record<string, unknown>>;

export interface JoinsLoop extends AsyncDisposable {
  readonly loop: Loop;
  /** As the owners. */
  readonly sql: Pool;
  readonly stock: (text: string) => Promise<void>;
  readonly crashes: readonly AppCrash[];
  drained(): Promise<void>;
  /** What a reader gets who does not ask SQL: of all views that embed, every live item. */
  shown(): Promise<Shown>;
  /** What it should be. */
  expected(): Promise<Shown>;
  jobs(): Promise<readonly FanOutJob[]>;
  /** As the item of an order says. */
  totalOf(order: string): Promise<string | undefined>;
}

export async function startJoinsLoop(env: Readonly<Record<string, string>>): Promise<JoinsLoop> {
  const crashes: AppCrash[] = [];
  const loop = await startLoop({
    catalog,
    demo: { customers: 60, products: 50, orders: 120 },
    stack: { form: 'native', ports: 'free' },
    apps: [AppName.projector],
    env: { ...definitionsIn('tools/faults/src/joins/joined-catalog.ts'), ...env },
    onAppCrash: (crash) => crashes.push(crash),
  });
  const { endpoints } = loop.stack;
  const { aws, sql: urls } = loop.provisioned;
  const dynamodb = new DynamoDBClient({
    region: endpoints.region,
    endpoint: endpoints.dynamodb.endpoint,
    credentials: endpoints.credentials,
  });
  const items = createItemReader(dynamodb, { tableName: aws.tableName });
  const sql = new Pool({ connectionString: urls.adminUrl, max: 4 });
  sql.on('error', () => undefined);
  const stock = createPool({ uri: endpoints.mariadb.url, connectionLimit: 2 });
  const kafka = new Kafka({ brokers: [...endpoints.kafka.brokers], logLevel: logLevel.NOTHING }).admin();
  await kafka.connect();
  await sql.query(`INSERT INTO public.products (id, sku, name, list_price) VALUES ($1, 'SENTINEL', 'marker', 0)`, [
    SENTINEL_ID,
  ]);
  return {
    loop,
    sql,
    crashes,
    stock: async (text) => void (await stock.query(text)),
    drained: () => drained({ sql, items, kafka, groupId: 'projector', sentinelId: SENTINEL_ID }),
    async shown() {
      const found: Record<string, unknown> = {};
      for await (const item of items.scan({ consistent: true })) {
        const view = catalog.byKey(keyOf(item))?.view;
        if (view === undefined || view.isBase || view.name === 'products' || stateOf(item) !== ItemState.live) continue;
        found[formatKey(keyOf(item))] = toDocument(view, item);
      }
      return found;
    },
    async expected() {
      const { rows } = await sql.query<{ key: string; document: unknown }>(EXPECTED);
      const [priced] = await stock.query<RowDataPacket[]>(
        'SELECT product_id, currency, CAST(amount AS DOUBLE) AS amount FROM prices',
      );
      const { rows: named } = await sql.query<{ id: number; name: string; sku: string }>(
        'SELECT id, name, sku FROM public.products',
      );
      const products = new Map(named.map(({ id, name, sku }) => [id, { name, sku }]));
      const ofPrices = priced.map(({ product_id: id, currency, amount }) => [
        formatKey({ pk: `jp1#${id}`, sk: `PRICE#${currency}` }),
        { amount: String(amount), product: products.get(Number(id)) ?? null },
      ]);
      const others = rows.map(({ key, document }) => {
        const [pk = '', sk = ''] = key.split(' ');
        return [formatKey({ pk, sk }), document];
      });
      return Object.fromEntries([...others, ...ofPrices]) as Shown;
    },
    async jobs() {
      const lanes = Array.from({ length: JOB_LANES }, (_, lane) => items.query({ pk: jobPartition(lane) }));
      return (await Promise.all(lanes)).flatMap((page) => page.items.map(jobOf));
    },
    totalOf: async (order) => scalarOf((await items.get({ pk: `jo1#${order}`, sk: 'ORDER' }))?.['total']),
    async [Symbol.asyncDispose]() {
      await kafka.disconnect();
      await Promise.all([sql.end(), stock.end()]);
      dynamodb.destroy();
      await loop[Symbol.asyncDispose]();
    },
  };
}

/** Numbers beyond 2^53, and those with decimals, are texts in documents, without the zeros behind. */
const EXPECTED = `
  SELECT 'jo1#' || o.id || ' ORDER' AS key, jsonb_build_object('id', o.id::text, 'status', o.status, 'total', trim_scale(o.total)::text,
    'customer', jsonb_build_object('name', c.full_name, 'city', c.city)) AS document
  FROM public.orders o JOIN public.customers c ON c.id = o.customer_id
  UNION ALL
  SELECT 'jc1#' || o.customer_id || ' ORDER#' || o.id, jsonb_build_object('id', o.id::text, 'status', o.status,
    'customer', jsonb_build_object('name', c.full_name))
  FROM public.orders o JOIN public.customers c ON c.id = o.customer_id
  UNION ALL
  SELECT 'jl1#' || l.order_id || ' LINE#' || l.line_no, jsonb_build_object('quantity', l.quantity,
    'product', jsonb_build_object('name', p.name, 'price', trim_scale(p.list_price)::text),
    'order', jsonb_build_object('status', o.status,
      'customer', jsonb_build_object('name', c.full_name, 'city', c.city)))
  FROM public.order_lines l JOIN public.products p ON p.id = l.product_id
    JOIN public.orders o ON o.id = l.order_id JOIN public.customers c ON c.id = o.customer_id`;
