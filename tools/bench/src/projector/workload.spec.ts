import { WorkloadName, type RowOperation, createWorkload } from './workload.ts';

const names = Object.values(WorkloadName);

function changesByRow(operations: readonly RowOperation[]): ReadonlyMap<number, readonly RowOperation[]> {
  const changes = new Map<number, RowOperation[]>();
  for (const operation of operations) {
    const known = changes.get(operation.row);
    if (known === undefined) changes.set(operation.row, [operation]);
    else known.push(operation);
  }
  return changes;
}

describe('createWorkload', () => {
  it.each(names)('gives %s the same operations at every call', (name) => {
    expect(createWorkload(name, 0.01)).toEqual(createWorkload(name, 0.01));
  });

  it.each(names)('numbers the operations of %s in commit order, and the changes of each row', (name) => {
    const { operations } = createWorkload(name, 0.01);
    expect(operations.map(({ position }) => position)).toEqual(operations.map((_, i) => i));
    for (const changes of changesByRow(operations).values()) {
      expect(changes.map(({ change }) => change)).toEqual(changes.map((_, i) => i + 1));
    }
  });

  it('has the published sizes at scale 1', () => {
    expect(createWorkload('wide')).toMatchObject({ preloaded: 200_000, operations: { length: 200_000 } });
    expect(createWorkload('first-load')).toMatchObject({ preloaded: 0, operations: { length: 200_000 } });
    expect(createWorkload('hot')).toMatchObject({ preloaded: 200, operations: { length: 20_000 } });
    expect(createWorkload('mixed')).toMatchObject({ operations: { length: 20_000 } });
  });

  it('spreads the changes of a hot row over the whole run', () => {
    const { operations } = createWorkload('hot');
    const changes = changesByRow(operations);
    expect([...changes.values()].every(({ length }) => length === 100)).toBe(true);
    const places = changes.get(7)?.map(({ position }) => position) ?? [];
    expect(Math.max(...places) - Math.min(...places)).toBeGreaterThan(operations.length / 2);
  });

  it('inserts only what is absent, and updates and deletes only what exists', () => {
    const { operations, preloaded } = createWorkload('mixed', 0.2);
    for (const [row, changes] of changesByRow(operations)) {
      let exists = row < preloaded;
      for (const { op } of changes) {
        expect(op === 'c').toBe(!exists);
        exists = op !== 'd';
      }
    }
  });

  it('makes about one mixed row in fifty large, and deletes some', () => {
    const { operations } = createWorkload('mixed');
    const share = operations.filter(({ padding }) => padding >= 100_000).length / operations.length;
    expect(share).toBeGreaterThan(0.01);
    expect(share).toBeLessThan(0.03);
    expect(operations.filter(({ op }) => op === 'd').length).toBeGreaterThan(1_000);
  });
});
