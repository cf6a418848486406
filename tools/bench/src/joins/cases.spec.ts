import { parseChangeEvent } from '@hybridge/contracts';
import { createRandom } from '@hybridge/load';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { type Grounds, casesFor, chosen, createNewcomers } from './cases.ts';
import { createPopulation } from './population.ts';
import { createWorld } from './world.ts';

const CHANGES = 20;

function setUp(fanOuts: readonly number[] = [1, 10]) {
  const population = createPopulation({ fanOuts, changes: CHANGES });
  population.grow(1_000);
  const world = createWorld();
  const blocks = population.fillers();
  for (const { first, customer } of blocks) world.adopt(first, customer);
  const pool = blocks.map(({ first }) => first);
  const random = createRandom(4);
  const grounds: Grounds = { world, population, pool, random, changes: CHANGES, newcomers: createNewcomers(5_000) };
  const next = (name: string) =>
    casesFor(fanOuts)
      .find((one) => one.name === name)
      ?.next(grounds);
  return { grounds, next };
}

const eventOf = ({ value }: ChangeRecord) => parseChangeEvent(value ?? '');
const keysOf = (records: readonly ChangeRecord[] = []): number => new Set(records.map(({ key }) => key)).size;

describe('kinds of changes', () => {
  it.each(casesFor([1]).map(({ name }) => name))('change another row each: %s', (name) => {
    const { next } = setUp();
    next('new child');
    expect(keysOf(next(name))).toBe(CHANGES);
  });

  it('point to another customer whenever they say so', () => {
    const { grounds, next } = setUp();
    const before = new Map(grounds.world.orders);
    const moved = next('child, another parent') ?? [];
    expect(moved).toHaveLength(CHANGES);
    for (const record of moved) {
      const { after } = eventOf(record);
      expect(String(after?.['customer_id'])).not.toBe(String(before.get(Number(after?.['id']))?.customer_id));
    }
  });

  it('delete what was inserted, each once, and grow no row of another stage', () => {
    const { grounds, next } = setUp();
    const inserted = [...(next('new child') ?? []), ...(next('new child') ?? [])];
    const deleted = [...(next('child deleted') ?? []), ...(next('child deleted') ?? [])];
    expect(deleted.map(({ key }) => key)).toEqual(inserted.map(({ key }) => key));
    expect(deleted.map((record) => eventOf(record).after)).toEqual(deleted.map(() => undefined));
    expect(grounds.world.orders.get(5_000)).toBeUndefined();
  });

  it('have no parents to change in a view that is too small for them', () => {
    expect(setUp([1, 100_000]).next('parent of 100000, embedded columns changed')).toBeUndefined();
  });
});

it('chooses nothing twice, also where nearly all are wanted', () => {
  const pool = [1, 2, 3, 4, 5];
  for (const changes of [1, 4, 5, 9]) {
    const orders = chosen({ pool, random: createRandom(changes), changes });
    expect(new Set(orders).size).toBe(Math.min(changes, pool.length));
  }
});
