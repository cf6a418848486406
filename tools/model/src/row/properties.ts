import { type Item, ItemState, Meta, columnsOf, hasPending, scalarOf, stateOf } from '@hybridge/protocol';
import { isServed } from './flight.ts';
import { currentRow, isUnstorable } from './sql.ts';
import type { State } from './state.ts';
import type { World } from './world.ts';

const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** C6 and C7, exactly once, no lost update: what must hold in every state. */
export function violated(world: World, state: State): string | undefined {
  return state.broken ?? unreadWrite(world, state);
}

/**
 * While a change is not rejected, nobody sees the value it replaced. A topic rewound beyond the life of the
 * tombstones may show history for a moment.
 */
function unreadWrite(world: World, { item, accepted, endings, budgets }: State): string | undefined {
  const full = world.configuration.budgets;
  const rewound = budgets.expiry < full.expiry && budgets.replay < full.replay;
  if (item === undefined || stateOf(item) !== ItemState.live || rewound) return undefined;
  const broken = accepted.find(
    (change) =>
      change.op === 'u' &&
      endings[change.id]?.out !== 'R' &&
      Object.keys(change.set).some((name) => sameText(item[name], change.base[name])),
  );
  return broken && `a reader sees again what change ${broken.id} replaced`;
}

/** C1 to C3: what must hold when nothing is left to do. */
export function violatedWhenDrained(world: World, state: State): string | undefined {
  return unfinished(state) ?? unequal(world, state) ?? unreasonable(world, state);
}

function unfinished({ item, accepted, endings }: State): string | undefined {
  if (item !== undefined && hasPending(item)) return 'a change is pending for ever';
  const lost = accepted.find((change) => endings[change.id] === undefined);
  if (lost !== undefined) return `change ${lost.id} was lost`;
  const wrong = accepted.find((change) => endings[change.id]?.out === 'A' && endings[change.id]?.applied !== 1);
  return wrong && `change ${wrong.id} was not applied once`;
}

function unequal(world: World, state: State): string | undefined {
  if (!isServed(state)) return undefined;
  const { item, parking } = state;
  if (parking?.phase === 'parked' && (item === undefined || isOpenEnded(world, item))) return undefined;
  const wrong = item === undefined ? undefined : unlikeRow(item, currentRow(state));
  return wrong ?? (isMissing(world, state) ? 'the row is missing from the eager view' : undefined);
}

/** An eager view that was loaded holds every row that an item can hold. */
function isMissing({ configuration: { mode, budgets, captured } }: World, state: State): boolean {
  const row = currentRow(state);
  const isLoaded = captured || state.budgets.snapshot < budgets.snapshot;
  const isLive = state.item !== undefined && stateOf(state.item) === ItemState.live;
  return mode === 'eager' && isLoaded && !isLive && row !== null && !isUnstorable(row);
}

/** Until a parked key is released: readers go to SQL, and behind a record without version nothing is promised. */
const isOpenEnded = ({ configuration }: World, item: Item): boolean =>
  stateOf(item) === ItemState.quarantined || configuration.poison === 'without version';

function unlikeRow(item: Item, row: ReturnType<typeof currentRow>): string | undefined {
  switch (stateOf(item)) {
    case ItemState.live:
      if (row === null) return 'a deleted row is live';
      return sameText(sortedColumns(item), sortedColumns(row)) ? undefined : 'the item is stale for ever';
    case ItemState.tombstone:
      return row !== null && scalarOf(item[Meta.negativeExpiry]) !== '0'
        ? 'the view denies a row that exists'
        : undefined;
    case ItemState.hidden:
      return 'the item is hidden for ever';
    case ItemState.quarantined:
      return isUnstorable(row) ? undefined : 'the item is quarantined for ever';
    default:
      return undefined;
  }
}

const sortedColumns = (item: Item) => Object.entries(columnsOf(item)).sort(([a], [b]) => (a < b ? -1 : 1));

/** Where nobody else touched SQL, every change is applied and the last one stands. */
function unreasonable({ configuration }: World, { accepted, endings, log }: State): string | undefined {
  const others = configuration.budgets.sql > 0 || configuration.budgets.failover > 0;
  if (others || configuration.changes.some((operation) => operation === 'insert' || operation === 'delete')) {
    return undefined;
  }
  const refused = accepted.find((change) => endings[change.id]?.out !== 'A');
  if (refused !== undefined) return `change ${refused.id} was rejected although nothing conflicted`;
  const row = currentRow({ log } as State);
  const overwritten = accepted.find((change, at) =>
    Object.entries(change.set).some(
      ([name, value]) =>
        accepted.slice(at + 1).every((later) => later.set[name] === undefined) && !sameText(row?.[name], value),
    ),
  );
  return overwritten && `change ${overwritten.id} was overwritten by an older one`;
}
