/** The product page as a service of the shop has it: one query of one item collection that two databases feed. */
import { catalog, products } from '@hybridge/definitions';
import type { Loop } from '@hybridge/local-stack';
import { connectHybridge } from '@hybridge/sdk';

export type ProductPages = ReturnType<typeof openProductPages>;
export type ProductPage = Awaited<ReturnType<ProductPages['read']>>;

/** Connects lazily, with clients of its own. */
export function openProductPages({ stack: { endpoints }, provisioned }: Loop) {
  const { region, credentials, dynamodb } = endpoints;
  const hybridge = connectHybridge({
    catalog,
    dynamodb: { region, credentials, endpoint: dynamodb.endpoint, tableName: provisioned.aws.tableName },
    sources: Object.fromEntries(
      provisioned.sources.map(({ name, appUrl }) => [
        name,
        { primary: { url: appUrl, applicationName: 'hybridge-start' } },
      ]),
    ),
  });
  return {
    /** Prices by currency. */
    async read(id: number) {
      const { found, items } = await hybridge.getCollection(products, [id]);
      return {
        product: found?.document,
        stock: items.stock[0]?.document,
        prices: new Map(items.prices.map(({ document }) => [document.currency, document.toPay])),
      };
    },
    [Symbol.asyncDispose]: () => hybridge[Symbol.asyncDispose](),
  };
}
