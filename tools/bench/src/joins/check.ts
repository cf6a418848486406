import { type Item, type ItemKey, ItemState, formatKey, stateOf } from '@hybridge/protocol';
import { createBatchReader } from '@hybridge/sink-dynamodb';
import { keyOfRow, toDocument } from '@hybridge/views';
import type { Ground } from './ground.ts';
import type { Block } from './population.ts';
import { joinedOrders, movingOrders } from './views.ts';
import { type OrderRow, type World, orderRow } from './world.ts';

/** What an item has to be. */
interface Wanted {
  readonly view: typeof joinedOrders | typeof movingOrders;
  readonly key: ItemKey;
  /** Undefined: no row. */
  readonly document: object | undefined;
}

/** Most texts of what is wrong. */
const SHOWN = 3;

/**
 * Compares items with their rows: all that were changed, and those that embed a customer that was.
 * @returns what is wrong
 */
export async function check(
  ground: Ground,
  world: World,
  { told, moving }: { readonly told: readonly Block[]; readonly moving: World },
): Promise<readonly string[]> {
  const wanted = [
    ...[...world.orders].map(([id, row]) => wantedJoined(world, id, row)),
    ...told.flatMap(({ first, count, customer }) =>
      Array.from({ length: count }, (_, i) => wantedJoined(world, first + i, orderRow(first + i, customer))),
    ),
    ...[...moving.orders.values()].flatMap(wantedAtPlace),
  ];
  const items = await createBatchReader(ground.client, ground).read(wanted.map(({ key }) => key));
  const faults = wanted.flatMap((one) => faultIn(one, items.get(formatKey(one.key))?.item));
  return faults.length <= SHOWN ? faults : [...faults.slice(0, SHOWN), `and ${faults.length - SHOWN} more`];
}

function wantedJoined(world: World, id: number, row: OrderRow | undefined): Wanted {
  const key = keyOfRow(joinedOrders, { id: { N: String(id) } });
  if (row === undefined) return { view: joinedOrders, key, document: undefined };
  const parent = row.customer_id === null ? undefined : world.customer(row.customer_id);
  const customer = parent === undefined ? null : { name: parent.name, city: parent.city };
  return { view: joinedOrders, key, document: { ...documentOf(row), customer } };
}

function wantedAtPlace(row: OrderRow | undefined): readonly Wanted[] {
  if (row === undefined) return [];
  const columns = { id: { N: String(row.id) }, customer_id: { N: String(row.customer_id) } };
  return [{ view: movingOrders, key: keyOfRow(movingOrders, columns), document: documentOf(row) }];
}

const documentOf = ({ id, customer_id, status, total, note }: OrderRow) => ({
  id: String(id),
  customerId: String(customer_id),
  status,
  total,
  note,
});

function faultIn({ view, key, document }: Wanted, item: Item | undefined): readonly string[] {
  const isLive = item !== undefined && stateOf(item) === ItemState.live;
  const is = JSON.stringify(isLive ? toDocument(view, item) : null);
  const shouldBe = JSON.stringify(document ?? null);
  return is === shouldBe ? [] : [`${formatKey(key)} is ${is}, but should be ${shouldBe}`];
}
