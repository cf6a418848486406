import type { Random } from './random.ts';
import type { ShopRows, StockroomRows } from './rows.ts';

/** One thing that happens in the shop: a SQL transaction of a clerk, or a request of a customer. */
export type Action =
  | {
      readonly kind: 'sql';
      readonly name: string;
      readonly database: 'shop' | 'stockroom';
      readonly statements: readonly Statement[];
    }
  | {
      readonly kind: 'customer';
      readonly name: string;
      readonly view: string;
      readonly id: string;
      readonly set: Change;
    };

export interface Statement {
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

export type Change = { readonly [attribute: string]: string };

type Choose<Rows> = (rows: Rows, random: Random) => Action;

const sql = (name: string, ...statements: readonly Statement[]): Action => ({
  kind: 'sql',
  name,
  database: 'shop',
  statements,
});
const statement = (text: string, ...values: readonly (string | number | null)[]): Statement => ({ text, values });

const reprice: Choose<ShopRows> = ({ products }, random) =>
  sql(
    'reprice',
    statement(
      'UPDATE public.products SET list_price = $1 WHERE id = $2',
      `${1 + random.roll(500)}.${random.pick(['00', '49', '95'])}`,
      random.pick(products),
    ),
  );

const restock: Choose<ShopRows> = ({ products }, random) =>
  sql(
    'restock',
    statement('UPDATE public.products SET in_stock = $1 WHERE id = $2', random.roll(1000), random.pick(products)),
  );

const placeOrder: Choose<ShopRows> = ({ customers, products }, random) =>
  sql(
    'order',
    statement(
      `WITH placed AS (INSERT INTO public.orders (customer_id, total) VALUES ($1, $2) RETURNING id)
       INSERT INTO public.order_lines (order_id, line_no, product_id, quantity, unit_price)
       SELECT id, 1, $3, 1, $2 FROM placed`,
      random.pick(customers),
      `${1 + random.roll(300)}.95`,
      random.pick(products),
    ),
  );

const moveOrder: Choose<ShopRows> = ({ orders }, random) =>
  sql(
    'order-status',
    statement(
      `UPDATE public.orders SET status = $1, shipped_at = CASE WHEN $1 IN ('shipped', 'delivered') THEN now() END WHERE id = $2`,
      random.pick(['paid', 'picking', 'shipped', 'delivered', 'cancelled']),
      random.pick(orders),
    ),
  );

/** Deleted and inserted in one transaction: the row's key is used again, which a view must survive. */
const replaceAddress: Choose<ShopRows> = ({ addresses }, random) => {
  const { customerId, label } = random.pick(addresses);
  return sql(
    'address',
    statement('DELETE FROM public.addresses WHERE customer_id = $1 AND label = $2', customerId, label),
    statement(
      `INSERT INTO public.addresses (customer_id, label, street, postal_code, city, country)
       VALUES ($1, $2, $3, $4, $5, 'NL') ON CONFLICT DO NOTHING`,
      customerId,
      label,
      `Marktplein ${1 + random.roll(99)}`,
      `${1000 + random.roll(8999)} AB`,
      random.pick(CITIES),
    ),
  );
};

const moveCustomer: Choose<ShopRows> = ({ customers }, random) => ({
  kind: 'customer',
  name: 'customer-change',
  view: 'customers',
  id: random.pick(customers),
  set: { street: `Singel ${1 + random.roll(400)}`, city: random.pick(CITIES) },
});

const CITIES = ['Utrecht', 'Leiden', 'Delft', 'Gouda', 'Haarlem', 'Zwolle'] as const;

const inShop = [
  { weight: 30, value: reprice },
  { weight: 30, value: restock },
  { weight: 15, value: placeOrder },
  { weight: 20, value: moveOrder },
  { weight: 5, value: replaceAddress },
];

const recount: Choose<StockroomRows> = ({ stocked }, random) => ({
  kind: 'sql',
  name: 'recount',
  database: 'stockroom',
  statements: [
    statement(
      `UPDATE inventory SET on_hand = reserved + ?, units_moved = units_moved + 1, last_counted = CURRENT_DATE,
         status = CASE WHEN status = 'discontinued' THEN status WHEN on_hand < reorder_level THEN 'low' ELSE 'available' END
       WHERE product_id = ?`,
      random.roll(100),
      random.pick(stocked),
    ),
  ],
});

const setPrice: Choose<StockroomRows> = ({ prices }, random) => {
  const { productId, currency } = random.pick(prices);
  const amount = `${1 + random.roll(500)}.${random.pick(['00', '49', '95'])}`;
  return {
    kind: 'sql',
    name: 'price',
    database: 'stockroom',
    statements: [
      statement('UPDATE prices SET amount = ? WHERE product_id = ? AND currency = ?', amount, productId, currency),
    ],
  };
};

const inStockroom = [
  { weight: 1, value: recount },
  { weight: 1, value: setPrice },
];
/** Of what is not customers'. */
const STOCKROOM_PERCENT = 30;

/** Where traffic happens; without the stock room's rows only in the shop. */
export interface Grounds {
  readonly shop: ShopRows;
  readonly stockroom?: StockroomRows | undefined;
}

/**
 * An endless stream of actions that the seed decides.
 * @param customerPercent share of customers' changes, 0 to 100
 */
export function* chooseActions(
  { shop, stockroom }: Grounds,
  random: Random,
  customerPercent: number,
): Generator<Action, never> {
  for (;;) {
    if (random.roll(100) < customerPercent) yield moveCustomer(shop, random);
    else if (stockroom !== undefined && random.roll(100) < STOCKROOM_PERCENT)
      yield random.weighted(inStockroom)(stockroom, random);
    else yield random.weighted(inShop)(shop, random);
  }
}
