/** Kinds of changes, and what each has to cost by docs/protocol.md, "Writes per change". */
import type { Random } from '@hybridge/load';
import type { ChangeRecord } from '@hybridge/source-kafka';
import type { Block, Population } from './population.ts';
import type { World } from './world.ts';

/** What the changes of one stage choose from. */
export interface Grounds {
  readonly world: World;
  readonly population: Population;
  /** Orders that may be changed, with items in the view and in the one beside it. */
  readonly pool: readonly number[];
  readonly random: Random;
  /** Changes of a round. */
  readonly changes: number;
  readonly newcomers: Newcomers;
}

/** Orders that are inserted, and deleted again. */
export interface Newcomers {
  /** An id that no order had before. */
  add(): number;
  /** So many that were added, each handed out once. */
  take(count: number): readonly number[];
}

export function createNewcomers(first: number): Newcomers {
  const waiting: number[] = [];
  let next = first;
  return {
    add() {
      waiting.push(next);
      return next++;
    },
    take: (count) => waiting.splice(0, count),
  };
}

export interface Case {
  readonly name: string;
  readonly view: 'joined' | 'moving';
  /** Writes that were accepted and refused and consistent reads of one item, for one change, by the protocol. */
  readonly expected: Expected;
  /** The least that any design does that stores fragments and finds children by reference. */
  readonly least: number;
  /** Rows that are told, for one change. */
  readonly fanOut?: number;
  /** The changes of one round, each of another row. Undefined: the view is too small. */
  readonly next: (grounds: Grounds) => readonly ChangeRecord[] | undefined;
}

export interface Expected {
  readonly accepted: number;
  readonly refused: number;
  readonly gets: number;
}

const STATUSES = ['paid', 'shipped', 'delivered', 'returned'] as const;

const stay = ({ world, random, ...grounds }: Grounds): readonly ChangeRecord[] =>
  chosen({ ...grounds, random }).map((id) =>
    world.updateOrder(id, { status: random.pick(STATUSES), note: `changed ${random.roll(1e9)}` }),
  );

const elsewhere = ({ world, population, ...grounds }: Grounds): readonly ChangeRecord[] =>
  chosen(grounds).map((id) => {
    const before = world.orders.get(id)?.customer_id;
    return world.updateOrder(id, { customer_id: otherThan(before, population.fillers(), grounds.random) });
  });

const inserted = ({ world, population, random, changes, newcomers }: Grounds): readonly ChangeRecord[] =>
  Array.from({ length: changes }, () => world.insertOrder(newcomers.add(), random.pick(population.fillers()).customer));

/** Those that were inserted, in as many rounds before. */
const deleted = ({ world, changes, newcomers }: Grounds): readonly ChangeRecord[] =>
  newcomers.take(changes).map((id) => world.deleteOrder(id));

const parents =
  (fanOut: number, column: 'name' | 'note') =>
  ({ world, population, random }: Grounds): readonly ChangeRecord[] | undefined => {
    const blocks = population.parentsOf(fanOut);
    if (blocks.length === 0) return undefined;
    return blocks.map(({ customer }) => world.updateCustomer(customer, { [column]: `changed ${random.roll(1e9)}` }));
  };

/** @param fanOuts those that are told at once */
export const casesFor = (fanOuts: readonly number[]): readonly Case[] => [
  ...CHILDREN,
  ...fanOuts.flatMap((fanOut): readonly Case[] => [
    {
      name: `parent of ${fanOut}, embedded columns unchanged`,
      view: 'joined',
      expected: { accepted: 1, refused: 0, gets: 1 },
      least: 0,
      next: parents(fanOut, 'note'),
    },
    {
      name: `parent of ${fanOut}, embedded columns changed`,
      view: 'joined',
      expected: { accepted: 1 + fanOut, refused: 0, gets: 2 },
      least: 1 + fanOut,
      fanOut,
      next: parents(fanOut, 'name'),
    },
  ]),
  ...MOVING,
];

const CHILDREN: readonly Case[] = [
  {
    name: 'child, same parent',
    view: 'joined',
    expected: { accepted: 1, refused: 0, gets: 0 },
    least: 1,
    next: stay,
  },
  { name: 'new child', view: 'joined', expected: { accepted: 2, refused: 0, gets: 2 }, least: 2, next: inserted },
  { name: 'child deleted', view: 'joined', expected: { accepted: 2, refused: 0, gets: 1 }, least: 2, next: deleted },
  {
    name: 'child, another parent',
    view: 'joined',
    expected: { accepted: 3, refused: 1, gets: 2 },
    least: 3,
    next: elsewhere,
  },
];

const MOVING: readonly Case[] = [
  {
    name: 'row that may move and stays',
    view: 'moving',
    expected: { accepted: 1, refused: 0, gets: 0 },
    least: 1,
    next: stay,
  },
  {
    name: 'row that moves',
    view: 'moving',
    expected: { accepted: 3, refused: 1, gets: 1 },
    least: 3,
    next: elsewhere,
  },
];

/** As many different orders of the pool as a round changes. */
export function chosen({ pool, random, changes }: Pick<Grounds, 'pool' | 'random' | 'changes'>): readonly number[] {
  const orders = [...pool];
  for (let i = 0; i < Math.min(changes, orders.length); i++) {
    const other = i + random.roll(orders.length - i);
    [orders[i], orders[other]] = [orders[other] as number, orders[i] as number];
  }
  return orders.slice(0, changes);
}

function otherThan(customer: number | null | undefined, blocks: readonly Block[], random: Random): number {
  const at = random.roll(blocks.length);
  const picked = (blocks[at] as Block).customer;
  return picked === customer ? (blocks[(at + 1) % blocks.length] as Block).customer : picked;
}
