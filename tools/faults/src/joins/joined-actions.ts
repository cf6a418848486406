/** Traffic on a few rows that point to each other: in one second several changes of the same parent and its children. */
import type { Action, Random, Statement, TrafficOptions } from '@hybridge/load';

/** Whose rows change; `products` and `customers` are only parents, `lines` and `prices` only children. */
export const joinedTables = ['customers', 'products', 'orders', 'lines', 'prices'] as const;
export type JoinedTable = (typeof joinedTables)[number];

export interface JoinedActions {
  /** Traffic changes rows of these tables alone from now on; without any, of all. */
  only(...tables: readonly JoinedTable[]): void;
  readonly choose: NonNullable<TrafficOptions['choose']>;
}

const FIRST_ORDER = 9_007_199_254_740_993n;

/** The first rows of each kind, whether they are there or not. */
const hot = {
  customers: numbered(4, 1n),
  products: numbered(4, 1n),
  orders: numbered(10, FIRST_ORDER),
} as const;
/** Lines of each of these orders. */
const LINES = 3;

type Choose = (random: Random) => Omit<Action & { kind: 'sql' }, 'kind' | 'name'>;

function numbered(count: number, first: bigint): readonly string[] {
  return Array.from({ length: count }, (_, i) => String(first + BigInt(i)));
}

interface Kind {
  /** Whose rows it changes. */
  readonly tables: readonly JoinedTable[];
  readonly name: string;
  readonly weight: number;
  readonly choose: Choose;
}

const statement = (text: string, ...values: Statement['values']): Statement => ({ text, values });
const inShop = (...statements: readonly Statement[]) => ({ database: 'shop', statements }) as const;
const inStockroom = (...statements: readonly Statement[]) => ({ database: 'stockroom', statements }) as const;

const word = (random: Random): string => `${random.pick(['Ada', 'Ben', 'Cleo', 'Dirk', 'Eva'])} ${random.roll(10_000)}`;
const status = (random: Random): string => random.pick(['placed', 'paid', 'picking', 'cancelled', 'returned']);
const currency = (random: Random): string => random.pick(['EUR', 'USD', 'GBP']);
const lineNo = (random: Random): number => 1 + random.roll(LINES);

const renameCustomer = (random: Random): Statement =>
  statement(
    'UPDATE public.customers SET full_name = $1, city = $2, country = $3 WHERE id = $4',
    ...[word(random), word(random), random.pick(['NL', 'BE', 'DE']), random.pick(hot.customers)],
  );

const insertCustomer = (random: Random): Statement => {
  const id = random.pick(hot.customers);
  return statement(
    `INSERT INTO public.customers (id, email, full_name, street, postal_code, city, country)
     VALUES ($1, $2, $3, 'Kade 1', '4461 AA', $4, 'NL') ON CONFLICT (id) DO UPDATE SET full_name = excluded.full_name`,
    ...[id, `hot${id}@example.org`, word(random), word(random)],
  );
};

const insertProduct = (random: Random): Statement => {
  const id = random.pick(hot.products);
  return statement(
    `INSERT INTO public.products (id, sku, name, list_price) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, list_price = excluded.list_price`,
    ...[id, `HOT-${id}`, word(random), random.roll(500)],
  );
};

const moveOrder = (random: Random): Statement =>
  statement(
    'UPDATE public.orders SET customer_id = $1 WHERE id = $2',
    ...[random.pick(hot.customers), random.pick(hot.orders)],
  );

const insertOrder = (random: Random): Statement =>
  statement(
    `INSERT INTO public.orders (id, customer_id, total, status) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id, status = excluded.status`,
    ...[random.pick(hot.orders), random.pick(hot.customers), random.roll(300), status(random)],
  );

const insertLine = (random: Random): Statement =>
  statement(
    `INSERT INTO public.order_lines (order_id, line_no, product_id, quantity, unit_price) VALUES ($1, $2, $3, $4, 5)
     ON CONFLICT (order_id, line_no) DO UPDATE SET product_id = excluded.product_id, quantity = excluded.quantity`,
    ...[random.pick(hot.orders), lineNo(random), random.pick(hot.products), 1 + random.roll(9)],
  );

/** A row whose key changes: one is deleted, another one is there. */
const rekeyLine = (random: Random): readonly Statement[] => {
  const [from, to] = [random.pick(hot.orders), random.pick(hot.orders)];
  const [line, other] = [lineNo(random), lineNo(random)];
  if (from === to && line === other) return [insertLine(random)];
  return [
    statement('DELETE FROM public.order_lines WHERE order_id = $1 AND line_no = $2', to, other),
    statement(
      'UPDATE public.order_lines SET order_id = $1, line_no = $2 WHERE order_id = $3 AND line_no = $4',
      ...[to, other, from, line],
    ),
  ];
};

const KINDS: readonly Kind[] = [
  { tables: ['customers'], name: 'rename customer', weight: 8, choose: (random) => inShop(renameCustomer(random)) },
  {
    tables: ['customers'],
    name: 'delete customer',
    weight: 2,
    choose: (random) => inShop(statement('DELETE FROM public.customers WHERE id = $1', random.pick(hot.customers))),
  },
  { tables: ['customers'], name: 'insert customer', weight: 5, choose: (random) => inShop(insertCustomer(random)) },
  {
    tables: ['products'],
    name: 'rename product',
    weight: 8,
    choose: (random) =>
      inShop(
        statement(
          'UPDATE public.products SET name = $1, list_price = $2 WHERE id = $3',
          ...[word(random), random.roll(500), random.pick(hot.products)],
        ),
      ),
  },
  {
    tables: ['products'],
    name: 'delete product',
    weight: 1,
    choose: (random) => inShop(statement('DELETE FROM public.products WHERE id = $1', random.pick(hot.products))),
  },
  { tables: ['products'], name: 'insert product', weight: 4, choose: (random) => inShop(insertProduct(random)) },
  { tables: ['orders'], name: 'move order', weight: 12, choose: (random) => inShop(moveOrder(random)) },
  {
    tables: ['orders'],
    name: 'order status',
    weight: 5,
    choose: (random) =>
      inShop(statement('UPDATE public.orders SET status = $1 WHERE id = $2', status(random), random.pick(hot.orders))),
  },
  {
    tables: ['orders'],
    name: 'delete order',
    weight: 2,
    choose: (random) => inShop(statement('DELETE FROM public.orders WHERE id = $1', random.pick(hot.orders))),
  },
  { tables: ['orders'], name: 'insert order', weight: 5, choose: (random) => inShop(insertOrder(random)) },
  {
    tables: ['orders', 'customers'],
    name: 'rename and move',
    weight: 3,
    choose: (random) => inShop(renameCustomer(random), moveOrder(random), insertOrder(random)),
  },
  { tables: ['lines'], name: 'insert line', weight: 8, choose: (random) => inShop(insertLine(random)) },
  { tables: ['lines'], name: 'other key of a line', weight: 3, choose: (random) => inShop(...rekeyLine(random)) },
  {
    tables: ['prices'],
    name: 'price',
    weight: 5,
    choose: (random) =>
      inStockroom(
        statement(
          `INSERT INTO prices (product_id, currency, amount, valid_from) VALUES (?, ?, ?, '2026-11-23 00:00:00')
           ON DUPLICATE KEY UPDATE amount = VALUES(amount)`,
          ...[random.pick(hot.products), currency(random), random.roll(500)],
        ),
      ),
  },
  {
    tables: ['prices'],
    name: 'delete price',
    weight: 1,
    choose: (random) =>
      inStockroom(
        statement(
          'DELETE FROM prices WHERE product_id = ? AND currency = ?',
          random.pick(hot.products),
          currency(random),
        ),
      ),
  },
];

export function createJoinedActions(): JoinedActions {
  let allowed: readonly JoinedTable[] = joinedTables;
  return {
    only(...tables) {
      allowed = tables.length === 0 ? joinedTables : tables;
    },
    *choose(_, random) {
      for (;;) {
        const kinds = KINDS.filter(({ tables }) => tables.every((table) => allowed.includes(table)));
        const { name, choose } = random.weighted(kinds.map((kind) => ({ weight: kind.weight, value: kind })));
        yield { kind: 'sql', name, ...choose(random) };
      }
    },
  };
}
