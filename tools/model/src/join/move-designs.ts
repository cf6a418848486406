import { type MoveConfiguration, type MoveDesign, SHIPPED_MOVES } from './move-state.ts';

export const MOVE_CONFIGURATIONS: readonly MoveConfiguration[] = [
  {
    name: 'H01 moves: 4 changes over 3 places, crash',
    mode: 'eager',
    places: ['A', 'B', 'C'],
    budgets: { changes: 4, crash: 1 },
  },
  {
    name: 'H02 moves: 2 changes over 2 places, crash, zombie, replay',
    mode: 'eager',
    places: ['A', 'B'],
    budgets: { changes: 2, crash: 1, zombie: 1, replay: 1 },
  },
  {
    name: 'H03 moves: 3 changes over 3 places, zombie',
    mode: 'eager',
    places: ['A', 'B', 'C'],
    budgets: { changes: 3, zombie: 1 },
  },
  {
    name: 'H04 moves, lazy: a row that no event told of, 2 changes, 2 fills, crash',
    mode: 'lazy',
    places: ['A', 'B'],
    uncaptured: true,
    budgets: { changes: 2, reads: 2, crash: 1 },
  },
  {
    name: 'H05 moves, lazy: 2 changes, fill, zombie',
    mode: 'lazy',
    places: ['A', 'B'],
    uncaptured: true,
    budgets: { changes: 2, reads: 1, zombie: 1 },
  },
];

/** Explored by the tests. */
export const SHORT_MOVE_CONFIGURATIONS = MOVE_CONFIGURATIONS.filter(({ name }) => /^H0[35]/.test(name));

interface NaiveMove {
  readonly design: MoveDesign;
  readonly configuration: MoveConfiguration;
}

const EAGER = { mode: 'eager', places: ['A', 'B'] } as const;
const UNCAPTURED = { mode: 'lazy', places: ['A', 'B'], uncaptured: true } as const;

const BY_NAME: Readonly<Record<string, readonly [Partial<MoveDesign>, Omit<MoveConfiguration, 'name'>]>> = {
  'P01 the anchor is written before the places': [
    { anchorFirst: true },
    { ...EAGER, budgets: { changes: 2, crash: 1 } },
  ],
  'P02 the old place is deleted, without a tombstone': [
    { updateOf: (write) => (write.expression === 'remove' ? '' : write.update) },
    { ...EAGER, budgets: { changes: 3, zombie: 1 } },
  ],
  'P03 a fill sets no anchor': [{ fillsAnchor: false }, { ...UNCAPTURED, budgets: { changes: 1, reads: 1 } }],
  'P04 an anchor is written over any older one, not only over the one that was seen': [
    {
      conditionOf: (write) =>
        write.expression === 'setAnchor' ? 'attribute_not_exists(#v) OR #v < :v' : write.condition,
    },
    { ...UNCAPTURED, budgets: { changes: 1, reads: 1 } },
  ],
  'P05 changes are merged wherever they lead': [
    { mergesMoves: true },
    { ...EAGER, budgets: { changes: 3, zombie: 1 } },
  ],
};

export const NAIVE_MOVES: readonly NaiveMove[] = Object.entries(BY_NAME).map(([name, [part, input]]) => ({
  design: { ...SHIPPED_MOVES, ...part },
  configuration: { ...input, name },
}));
