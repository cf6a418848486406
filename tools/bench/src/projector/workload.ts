import { type Random, createRandom } from '@hybridge/load';

/** What is written: the same operations in the same order at every call, so that every contender gets the same. */
export interface Workload {
  readonly name: WorkloadName;
  readonly title: string;
  /** Rows 0 … preloaded - 1 lie in the table as items already, at change 0. */
  readonly preloaded: number;
  readonly operations: readonly RowOperation[];
}

export const WorkloadName = {
  wide: 'wide',
  firstLoad: 'first-load',
  hot: 'hot',
  mixed: 'mixed',
  backlog: 'backlog',
} as const;
export type WorkloadName = (typeof WorkloadName)[keyof typeof WorkloadName];

/** One change of one row, in commit order. */
export interface RowOperation {
  readonly op: 'r' | 'c' | 'u' | 'd';
  readonly row: number;
  /** Counts the changes of the row; written into a column, so that an item tells which change it holds. */
  readonly change: number;
  /** Place in commit order, from 0. */
  readonly position: number;
  /** Bytes of padding in the row; 0 for an ordinary row. */
  readonly padding: number;
}

/** Sizes at scale 1. */
const ROWS = 200_000;
const HOT_ROWS = 200;
const HOT_CHANGES = 100;
const MIXED_ROWS = 5_000;
const MIXED_OPERATIONS = 20_000;
const BACKLOG_OPERATIONS = 1_000_000;
const LARGE_PERCENT = 2;
const LARGE_MIN_BYTES = 100_000;
const LARGE_SPREAD_BYTES = 200_000;

const SEED = 4;

/** @param scale shrinks all numbers; 1 is the size of the published figures */
export function createWorkload(name: WorkloadName, scale = 1): Workload {
  return { name, ...generators[name](scale, createRandom(SEED)) };
}

type Generated = Omit<Workload, 'name'>;

const generators: Readonly<Record<WorkloadName, (scale: number, random: Random) => Generated>> = {
  wide: (scale) => {
    const rows = scaled(ROWS, scale);
    return {
      title: `${count(rows)} items that exist, one change each`,
      preloaded: rows,
      operations: Array.from({ length: rows }, (_, row) => ({ op: 'u', row, change: 1, position: row, padding: 0 })),
    };
  },
  'first-load': (scale) => {
    const rows = scaled(ROWS, scale);
    return {
      title: `${count(rows)} snapshot rows into an empty table`,
      preloaded: 0,
      operations: Array.from({ length: rows }, (_, row) => ({ op: 'r', row, change: 1, position: row, padding: 0 })),
    };
  },
  hot: (scale, random) => {
    // Both shrink, so that a small run is hot too.
    const rows = scaled(HOT_ROWS, Math.sqrt(scale));
    const changes = scaled(HOT_CHANGES, Math.sqrt(scale));
    return {
      title: `${count(rows)} items, ${count(changes)} changes each, mixed at random`,
      preloaded: rows,
      operations: hotOperations(rows, changes, random),
    };
  },
  mixed: (scale, random) => {
    const rows = scaled(MIXED_ROWS, scale);
    const length = scaled(MIXED_OPERATIONS, scale);
    return {
      title: `${count(length)} inserts, updates and deletes of ${count(rows)} rows, ${LARGE_PERCENT}% of 100 to 300 KB`,
      preloaded: Math.ceil(rows / 2),
      operations: mixedOperations(rows, length, random),
    };
  },
  backlog: (scale) => {
    const length = scaled(BACKLOG_OPERATIONS, scale);
    return {
      title: `a backlog of ${count(length)} snapshot rows`,
      preloaded: 0,
      operations: Array.from({ length }, (_, row) => ({ op: 'r', row, change: 1, position: row, padding: 0 })),
    };
  },
};

const scaled = (size: number, scale: number): number => Math.max(1, Math.round(size * scale));
const count = (value: number): string => value.toLocaleString('en-US');

function hotOperations(rows: number, changes: number, random: Random): readonly RowOperation[] {
  const order = Array.from({ length: rows * changes }, (_, i) => i % rows);
  for (let i = order.length - 1; i > 0; i--) {
    const other = random.roll(i + 1);
    [order[i], order[other]] = [order[other] as number, order[i] as number];
  }
  const changesOf = new Array<number>(rows).fill(0);
  return order.map((row, position) => {
    const change = (changesOf[row] as number) + 1;
    changesOf[row] = change;
    return { op: 'u', row, change, position, padding: 0 };
  });
}

function mixedOperations(rows: number, length: number, random: Random): readonly RowOperation[] {
  const preloaded = Math.ceil(rows / 2);
  const states = Array.from({ length: rows }, (_, row) => ({ exists: row < preloaded, change: 0 }));
  return Array.from({ length }, (_, position) => {
    const row = random.roll(rows);
    const state = states[row] as { exists: boolean; change: number };
    const op = nextOperation(state.exists, random);
    state.exists = op !== 'd';
    state.change++;
    const large = op !== 'd' && random.roll(100) < LARGE_PERCENT;
    const padding = large ? LARGE_MIN_BYTES + random.roll(LARGE_SPREAD_BYTES) : 0;
    return { op, row, change: state.change, position, padding };
  });
}

const nextOperation = (exists: boolean, random: Random): 'c' | 'u' | 'd' =>
  exists
    ? random.weighted([
        { weight: 8, value: 'u' },
        { weight: 2, value: 'd' },
      ])
    : 'c';
