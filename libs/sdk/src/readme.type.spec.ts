/** Compiled, not run: the examples of the README, word for word (`readme.spec.ts` compares). */
import { addresses, catalog, customers, orders } from './readme-views.features.ts';
import { type Hybridge, connectHybridge } from './index.ts';

export async function opening(sqlUrl: string): Promise<void> {
  await using hybridge = connectHybridge({
    catalog,
    dynamodb: { region: 'eu-west-1', tableName: 'hybridge-views' },
    sql: { url: sqlUrl, applicationName: 'shop-site', budget: { queriesPerSecond: 100 } },
  });

  const found = await hybridge.get(customers, [42]);
  const { token } = await hybridge.change(
    customers,
    [42],
    { op: 'update', set: { city: 'Utrecht' } },
    { by: 'customer:42', ifMatch: found?.version },
  );
  const outcome = await hybridge.waitFor(token, { timeoutMs: 5_000 });
  void outcome;
}

export async function reading(hybridge: Hybridge, show: (key: readonly string[], city: string) => void): Promise<void> {
  const customer = await hybridge.get(customers, [42]);
  const several = await hybridge.batchGet(customers, [[42], [43], ['9007199254740993']]);

  let cursor: string | undefined;
  do {
    const page = await hybridge.query(addresses, [42], { limit: 50, order: 'ascending', cursor });
    for (const { key, document } of page.items) show(key, document.city);
    cursor = page.cursor;
  } while (cursor !== undefined);

  const someAddresses = await hybridge.query(addresses, [42], { from: ['a'], to: ['home'] });
  const { items } = await hybridge.queryCollection({ customer: customers, addresses }, [42]);
  const ofACity = await hybridge.queryIndex(
    customers,
    'byCity',
    { country: 'NL' },
    { equals: { city: 'Utrecht' }, beginsWith: { name: 'Ada' }, order: 'descending', limit: 20 },
  );
  void [customer, several, someAddresses, items, ofACity];
}

export async function joinedDocuments(
  hybridge: Hybridge,
  show: (key: readonly string[], sku: string) => void,
): Promise<void> {
  const order = await hybridge.get(orders, [7]);
  const orderedBy = order?.document.customer?.name;

  const page = await hybridge.getCollection(orders, [7], { limit: 50 });
  for (const { key, document } of page.items.lines) show(key, document.sku);
  const total = page.found?.document.total;
  void [orderedBy, total];
}

export async function readingAfterAChange(hybridge: Hybridge): Promise<void> {
  const sent = await hybridge.change(customers, [42], { op: 'update', set: { phone: null } }, { by: 'customer:42' });
  const later = await hybridge.get(customers, [42], { after: sent.token });
  void later;
}
