import { type JoinConfiguration, type JoinInput, joinConfiguration } from './configuration.ts';

const ONE = { parents: ['A'] } as const;
const TWO_LEVELS = { ...ONE, brands: ['X', 'Y'] } as const;
const LAZY = { mode: 'lazy' } as const;
const BY_JOBS = { ...ONE, jobs: true, childOperations: ['A', 'none'], childExists: true } as const;

/** Everything that is explored, by what happens in it. */
const TABLE: readonly (readonly [name: string, input: JoinInput])[] = [
  ['G01 3 changes of a child (A, B, delete), 2 renames', { budgets: { children: 3, parents: 2 } }],
  [
    'G02 2 changes of a child, 1 rename, crash, zombie',
    { childOperations: ['A', 'B'], budgets: { children: 2, parents: 1, crash: 1, zombie: 1 } },
  ],
  [
    'G03 3 changes of a child, 1 rename, zombie',
    { childOperations: ['A', 'B'], budgets: { children: 3, parents: 1, zombie: 1 } },
  ],
  [
    'G04 2 changes of a child, parent deleted and made again, crash, zombie',
    {
      ...ONE,
      parentsLoaded: false,
      childOperations: ['A', 'delete'],
      parentOperations: ['rename', 'delete'],
      budgets: { children: 2, parents: 1, crash: 1, zombie: 1 },
    },
  ],
  [
    'G05 first events of the parents behind those of the child, no parent at all, crash',
    { parentsLoaded: false, childOperations: ['A', 'none', 'column'], budgets: { children: 3, parents: 1, crash: 1 } },
  ],
  [
    'G06 2 changes of a child, 1 rename, both sent again',
    { ...ONE, childOperations: ['A', 'none', 'delete'], budgets: { children: 2, parents: 1, replay: 2 } },
  ],
  [
    'G07 two relations to the same parent, one of which changes, crash',
    {
      relations: 2,
      childExists: true,
      childOperations: ['B', 'none', 'delete'],
      budgets: { children: 2, parents: 1, crash: 1 },
    },
  ],
  [
    'G08 two relations, zombie',
    { relations: 2, childExists: true, childOperations: ['A', 'B'], budgets: { children: 2, parents: 1, zombie: 1 } },
  ],
  [
    'G09 merged changes of child and parent, crash',
    {
      ...ONE,
      merges: true,
      parentsLoaded: false,
      childOperations: ['A', 'column', 'none'],
      parentOperations: ['rename', 'same', 'back'],
      budgets: { children: 2, parents: 2, crash: 1 },
    },
  ],
  [
    'G10 a parent that changes and changes not, zombie, replay',
    {
      ...ONE,
      childExists: true,
      childOperations: ['column'],
      parentOperations: ['rename', 'same', 'back'],
      budgets: { children: 1, parents: 2, zombie: 1, replay: 1 },
    },
  ],
  [
    'G11 a parent whose event does not say what it became, zombie',
    {
      ...ONE,
      childOperations: ['A', 'none'],
      parentOperations: ['rename, touched', 'rename'],
      budgets: { children: 1, parents: 2, zombie: 1 },
    },
  ],
  [
    'G12 tombstones of parent and child end, replay',
    {
      ...ONE,
      childExists: true,
      childOperations: ['A', 'delete', 'column'],
      parentOperations: ['rename', 'delete'],
      budgets: { children: 2, parents: 2, expiry: 1, crash: 1 },
    },
  ],
  [
    'G20 a customer changes a column, 1 change by SQL, 1 rename, crash',
    {
      childExists: true,
      childOperations: ['B', 'delete'],
      budgets: { changes: 1, children: 1, parents: 1, crash: 1 },
    },
  ],
  [
    'G21 a customer points to another parent, 1 rename, crash',
    {
      childExists: true,
      childOperations: ['column'],
      customer: 'parent',
      budgets: { changes: 1, children: 1, parents: 1, crash: 1 },
    },
  ],
  [
    'G22 a customer deletes, 1 change by SQL, 1 rename, zombie',
    {
      childExists: true,
      childOperations: ['B'],
      customer: 'delete',
      budgets: { changes: 1, children: 1, parents: 1, zombie: 1 },
    },
  ],
  [
    'G23 a customer points to another parent, unchanged large columns, merges',
    {
      childExists: true,
      merges: true,
      childOperations: ['column, in parts', 'none'],
      customer: 'parent',
      budgets: { changes: 1, children: 2, parents: 1 },
    },
  ],
  [
    'G30 lazy: 2 changes of a child, 1 rename, 1 fill, crash',
    { ...LAZY, childOperations: ['A', 'B'], budgets: { children: 2, parents: 1, reads: 1, crash: 1 } },
  ],
  [
    'G31 lazy: 2 changes of a child, 1 rename, 2 fills',
    { ...LAZY, childOperations: ['A', 'B', 'delete'], budgets: { children: 2, parents: 1, reads: 2 } },
  ],
  [
    'G32 lazy: 1 change of a child, 1 rename, fill, zombie',
    {
      ...LAZY,
      childOperations: ['A', 'B'],
      childExists: true,
      budgets: { children: 1, parents: 1, reads: 1, zombie: 1 },
    },
  ],
  [
    'G33 lazy: a customer points to another parent, fill, 1 rename',
    {
      ...LAZY,
      childExists: true,
      childOperations: ['column'],
      customer: 'parent',
      budgets: { changes: 1, children: 1, parents: 1, reads: 1 },
    },
  ],
  [
    'G34 a child is repaired, and filled, 1 change, 1 rename, crash',
    { childExists: true, childOperations: ['B'], budgets: { children: 1, parents: 1, repairs: 1, crash: 1 } },
  ],
  [
    'G35 unchanged large columns of a child that is not there, 1 rename, zombie',
    {
      ...ONE,
      childOperations: ['A', 'column, in parts'],
      budgets: { children: 2, parents: 1, repairs: 1, zombie: 1 },
    },
  ],
  [
    'G40 two levels: a child, its parent gets another brand, a brand is renamed, crash',
    {
      ...TWO_LEVELS,
      childOperations: ['A', 'none'],
      parentOperations: ['brand', 'rename'],
      budgets: { children: 1, parents: 1, brands: 1, crash: 1 },
    },
  ],
  [
    'G41 two levels: parents move between brands, zombie',
    {
      ...TWO_LEVELS,
      childExists: true,
      childOperations: ['none', 'A'],
      parentOperations: ['brand'],
      budgets: { parents: 2, brands: 1, zombie: 1 },
    },
  ],
  [
    'G42 two levels: first events in any order',
    {
      ...ONE,
      brands: ['X'],
      parentsLoaded: false,
      childOperations: ['A'],
      parentOperations: ['rename'],
      budgets: { children: 1, brands: 1, crash: 1 },
    },
  ],
  [
    'G43 two levels: a parent whose event does not say what it became, rename of its brand',
    {
      ...TWO_LEVELS,
      childExists: true,
      childOperations: ['column'],
      parentOperations: ['rename, touched', 'brand'],
      budgets: { parents: 2, brands: 1 },
    },
  ],
  ['G50 by jobs: 3 children, 2 renames, crash', { ...BY_JOBS, children: 3, budgets: { parents: 2, crash: 1 } }],
  [
    'G51 by jobs: 2 children, one of which changes, 2 renames, former worker',
    { ...BY_JOBS, children: 2, budgets: { children: 1, parents: 2, zombie: 1 } },
  ],
  ['G52 by jobs: 3 children, 3 renames', { ...BY_JOBS, children: 3, budgets: { parents: 3 } }],
  [
    'G53 by jobs: a new child, first events of the parent, crash',
    {
      ...ONE,
      jobs: true,
      parentsLoaded: false,
      childOperations: ['A', 'delete'],
      budgets: { children: 2, parents: 1, crash: 1 },
    },
  ],
  [
    'G54 by jobs: two levels, 2 children',
    {
      ...TWO_LEVELS,
      brands: ['X'],
      jobs: true,
      childExists: true,
      children: 2,
      childOperations: [],
      parentOperations: ['rename'],
      budgets: { parents: 1, brands: 1, crash: 1 },
    },
  ],
];

/** Explored by the tests; the others take minutes together. */
const SHORT = ['G07', 'G12', 'G43', 'G50', 'G54'];

export const JOIN_CONFIGURATIONS: readonly JoinConfiguration[] = TABLE.map(([name, input]) =>
  joinConfiguration(name, input),
);

export const SHORT_JOIN_CONFIGURATIONS = JOIN_CONFIGURATIONS.filter(({ name }) => SHORT.includes(name.slice(0, 3)));
