import { connectorStatus } from '@hybridge/infra-connect';
import { column, createCatalog, mariadb, notNull, source, table, text, view } from '@hybridge/views';
import { Kafka, logLevel } from 'kafkajs';
import { createConnection } from 'mysql2/promise';
import { shopOnly } from '../definitions/other-definitions.ts';
import { defaultComponents } from '../description.ts';
import type { LocalStack } from '../local-stack.ts';
import { pollUntil } from '../poll.ts';
import { startStack } from '../start-stack.ts';
import { provision } from './provision.ts';
import type { Provisioned } from './provision.ts';

const demo = { customers: 20, products: 12, orders: 10 };
const stock = source('stock', 'mariadb');

const prices = view('prices', {
  table: table({
    source: stock,
    name: 'stockroom.prices',
    primaryKey: ['product_id', 'currency'],
    columns: {
      product_id: notNull(mariadb.int()),
      currency: notNull(text()),
      amount: notNull(mariadb.decimal()),
    },
  }),
  key: { pk: ['p2', column('product_id')], sk: ['PRICE', column('currency')] },
  attributes: { product: 'product_id', currency: 'currency', amount: 'amount' },
});
const catalog = createCatalog([shopOnly().catalog.byName('products'), prices]);

describe('provision of two sources', () => {
  let stack: LocalStack;
  let provisioned: Provisioned;
  const seen: { readonly op: string; readonly after: Record<string, unknown> | null }[] = [];
  let stopConsumer: () => Promise<void> = async () => {};

  beforeAll(async () => {
    stack = await startStack({ form: 'native', ports: 'free', components: [...defaultComponents, 'mariadb'] });
    provisioned = await provision(stack.endpoints, { catalog, demo });
    const kafka = new Kafka({ brokers: [...stack.endpoints.kafka.brokers], logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: 'two-sources' });
    await consumer.connect();
    stopConsumer = () => consumer.disconnect();
    await consumer.subscribe({ topic: 'stock.stockroom.prices', fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void seen.push(JSON.parse(String(message.value))) });
  }, 240_000);
  afterAll(async () => {
    await stopConsumer();
    await stack?.stop();
  });

  it('has a connector for each, under names and addresses of their own', async () => {
    expect(provisioned.sources.map(({ name, kind, connector }) => [name, kind, connector])).toEqual([
      ['shop', 'postgres', 'hybridge-shop'],
      ['stock', 'mariadb', 'hybridge-stock'],
    ]);
    for (const { connector: name } of provisioned.sources) {
      const status = await connectorStatus({ connectUrl: stack.endpoints.connect.url, name });
      expect(status?.tasks.map(({ state }) => state)).toEqual(['RUNNING']);
    }
    expect(provisioned.connector).toEqual({ name: 'hybridge-shop', slot: 'hybridge_shop' });
  });

  it('is the same when it is run again', async () => {
    expect(await provision(stack.endpoints, { catalog, demo })).toEqual(provisioned);
  });

  it('captures what the nightly job of the stock-room does', async () => {
    const rows = demo.products * 3;
    expect(await pollUntil(() => seen.length >= rows, { timeoutMs: 60_000 })).toBe(true);
    expect(seen.map(({ op }) => op)).toEqual(Array.from({ length: rows }, () => 'r'));
    const admin = await createConnection(stack.endpoints.mariadb.url);
    await admin.query("CALL reprice('GBP', 10)");
    await admin.end();
    expect(await pollUntil(() => seen.length >= rows + demo.products, { timeoutMs: 60_000 })).toBe(true);
    const changed = seen.slice(rows);
    expect(new Set(changed.map(({ op, after }) => `${op} ${String(after?.['currency'])}`))).toEqual(new Set(['u GBP']));
    expect(changed.map(({ after }) => after?.['amount'])).toEqual(
      changed.map(() => expect.stringMatching(/^\d+\.\d\d$/)),
    );
  });
});
