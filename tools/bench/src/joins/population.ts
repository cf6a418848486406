/** Which rows a view of some size has, and whom they point to. */

/** A customer and its orders `first` … `first + count - 1`. */
export interface Block {
  readonly customer: number;
  readonly first: number;
  readonly count: number;
}

export interface Population {
  /**
   * Makes it a view of `size` orders; what was there stays.
   * @returns what has to be added
   */
  grow(size: number): readonly Block[];
  /** Customers with exactly so many orders, which nobody takes away; empty as long as the view is too small for them. */
  parentsOf(fanOut: number): readonly Block[];
  /** Orders that may change their customer. */
  fillers(): readonly Block[];
}

export interface PopulationOptions {
  readonly fanOuts: readonly number[];
  /** Changes of a round. */
  readonly changes: number;
}

/** Orders of a customer whose fan-out is not measured. */
const ORDERS_OF_FILLER = 10;

/** Largest share of a view that belongs to customers with a fan-out that is measured. */
const MEASURED_SHARE = 0.8;

/** Orders that the changed customers of one round have in all, for each change of a row. */
const TOLD_PER_CHANGE = 2.5;

/** Of a large fan-out there are two: for two projectors. */
const LEAST_PARENTS = 2;

export function createPopulation({ fanOuts, changes }: PopulationOptions): Population {
  const parents = new Map<number, readonly Block[]>();
  const fillers: Block[] = [];
  let size = 0;
  let measured = 0;
  let customers = 0;

  const block = (count: number): Block => {
    const made = { customer: ++customers, first: size, count };
    size += count;
    return made;
  };

  const addParents = (fanOut: number, wanted: number): readonly Block[] => {
    const count = parentCount(fanOut, changes);
    const orders = fanOut * count;
    if (parents.has(fanOut) || measured + orders > MEASURED_SHARE * wanted || size + orders > wanted) return [];
    measured += orders;
    const added = Array.from({ length: count }, () => block(fanOut));
    parents.set(fanOut, added);
    return added;
  };

  return {
    grow(wanted) {
      const added = fanOuts.flatMap((fanOut) => addParents(fanOut, wanted));
      while (size < wanted) {
        const filler = block(Math.min(ORDERS_OF_FILLER, wanted - size));
        fillers.push(filler);
        added.push(filler);
      }
      return added;
    },
    parentsOf: (fanOut) => parents.get(fanOut) ?? [],
    fillers: () => fillers,
  };
}

/** Customers of one fan-out that change in a round. */
const parentCount = (fanOut: number, changes: number): number =>
  Math.max(LEAST_PARENTS, Math.min(changes, Math.round((TOLD_PER_CHANGE * changes) / fanOut)));
