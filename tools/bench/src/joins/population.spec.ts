import { type Block, createPopulation } from './population.ts';

const ordersOf = (blocks: readonly Block[]): number[] =>
  blocks.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));

describe('createPopulation', () => {
  it('grows to the size wanted, and names every order once', () => {
    const population = createPopulation({ fanOuts: [1, 100, 10_000], changes: 200 });
    const orders = [1_000, 10_000, 100_000].flatMap((size) => ordersOf(population.grow(size)));
    expect(orders.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100_000 }, (_, i) => i));
  });

  it('has customers of a fan-out from the first size on that has room for them', () => {
    const population = createPopulation({ fanOuts: [1, 100, 10_000], changes: 200 });
    const counts = [1_000, 10_000, 100_000].map((size) => {
      population.grow(size);
      return [1, 100, 10_000].map((fanOut) => population.parentsOf(fanOut).map(({ count }) => count));
    });
    expect(counts[0]).toEqual([Array(200).fill(1), Array(5).fill(100), []]);
    expect(counts[1]).toEqual(counts[0]);
    expect(counts[2]?.[2]).toEqual([10_000, 10_000]);
  });

  it('never grows beyond the size wanted', () => {
    const population = createPopulation({ fanOuts: [4_500], changes: 20 });
    const orders = [10_000, 12_000].flatMap((size) => ordersOf(population.grow(size)));
    expect([orders.length, population.parentsOf(4_500)]).toEqual([12_000, []]);
  });

  it('leaves rows to change, whatever is asked for', () => {
    const population = createPopulation({ fanOuts: [1, 2, 10, 100], changes: 20 });
    population.grow(100);
    expect(ordersOf(population.fillers()).length).toBeGreaterThanOrEqual(20);
  });
});
