import type { ConfigurationInput } from '../row/configuration.ts';

const LAZY = { mode: 'lazy' } as const;
const UPDATES = ['update-a', 'update-b', 'delete'] as const;
const OVERSIZE = ['oversize', 'update-a', 'delete'] as const;
const WITH_NOOPS = ['insert', 'update-a', 'update-c', 'delete'] as const;

type Entry = readonly [name: string, input: ConfigurationInput];

/** Repair of whatever an item says: tombstones, quarantined rows, fences that somebody is filling. */
const REPAIRS: readonly Entry[] = [
  [
    'F50 eager: repair of tombstones, snapshot, 2 SQL transactions, expiry',
    { captured: false, budgets: { repair: 1, snapshot: 1, sql: 2, expiry: 2 } },
  ],
  [
    'F51 eager: repair of quarantined rows, 3 SQL transactions, zombie',
    { sqlOperations: OVERSIZE, budgets: { repair: 1, sql: 3, zombie: 1 } },
  ],
  [
    'F52 lazy: repair of tombstones and quarantined rows, read, 2 SQL transactions, zombie, expiry',
    {
      ...LAZY,
      sqlOperations: ['insert', 'oversize', 'update-a', 'delete'],
      budgets: { repair: 1, reads: 1, sql: 2, zombie: 1, expiry: 1 },
    },
  ],
  [
    'F53 eager, partial events: repair of quarantined rows, 3 SQL transactions, crash',
    {
      partialEvents: true,
      sqlOperations: ['oversize', 'update-a', 'update-b', 'delete'],
      budgets: { repair: 1, sql: 3, crash: 1 },
    },
  ],
  [
    'F54 lazy: repair, read, lease expiry, insert by a customer, 1 SQL transaction',
    { ...LAZY, changes: ['insert'], budgets: { repair: 1, reads: 1, leaseExpiry: 1, sql: 1 } },
  ],
  [
    'F55 eager: repair, a tombstone, insert by a customer, snapshot, 1 SQL transaction, expiry',
    {
      changes: ['insert'],
      fillsFirst: false,
      sqlOperations: ['delete'],
      budgets: { repair: 1, snapshot: 1, sql: 1, expiry: 1 },
    },
  ],
];

/** A record that cannot be applied parks its key until somebody releases it. */
const PARKING: readonly Entry[] = [
  ['F56 eager: parked key, 2 SQL transactions, crash', { budgets: { poison: 1, sql: 2, crash: 1 } }],
  [
    'F57 lazy: parked key, read, 2 SQL transactions, crash, expiry',
    { ...LAZY, budgets: { poison: 1, reads: 1, sql: 2, crash: 1, expiry: 1 } },
  ],
  [
    'F58 eager: parked key, 1 change, crash',
    { changes: ['update-a'], sqlOperations: ['update-b'], budgets: { poison: 1, crash: 1 } },
  ],
  [
    'F59 eager, partial events: parked key, 1 SQL transaction, zombie, crash',
    { partialEvents: true, sqlOperations: UPDATES, budgets: { poison: 1, sql: 1, zombie: 1, crash: 1 } },
  ],
  [
    'F60 eager: parked key, record without version, read, 2 SQL transactions, crash',
    { poison: 'without version', sqlOperations: UPDATES, budgets: { poison: 1, reads: 1, sql: 2, crash: 1 } },
  ],
  [
    'F61 lazy: parked key, record without version, 2 reads, 2 SQL transactions, expiry',
    {
      ...LAZY,
      poison: 'without version',
      sqlOperations: UPDATES,
      budgets: { poison: 1, reads: 2, sql: 2, expiry: 1 },
    },
  ],
  [
    'F62 eager: parked key, record without version, 1 change',
    { poison: 'without version', changes: ['update-a'], sqlOperations: ['update-b'], budgets: { poison: 1 } },
  ],
  [
    'F79 eager: parked key, record without version, 1 change, 1 SQL transaction',
    { poison: 'without version', changes: ['update-a'], sqlOperations: ['update-b'], budgets: { poison: 1, sql: 1 } },
  ],
  ['F76 eager: parked key, 1 SQL transaction, replay, crash', { budgets: { poison: 1, sql: 1, replay: 1, crash: 1 } }],
  [
    'F77 eager: parked key, 1 change, 1 SQL transaction',
    {
      changes: ['update-a'],
      sqlOperations: ['update-b', 'delete'],
      budgets: { poison: 1, sql: 1 },
    },
  ],
  [
    'F78 lazy, partial events: parked key, read, 1 SQL transaction, zombie',
    {
      ...LAZY,
      partialEvents: true,
      sqlOperations: UPDATES,
      budgets: { poison: 1, reads: 1, sql: 1, zombie: 1 },
    },
  ],
];

/** Updates that change nothing the view shows are not written; records in one hand are written as one. */
const SAVINGS: readonly Entry[] = [
  [
    'F63 eager: updates of other columns, repair, 3 SQL transactions, zombie',
    { sqlOperations: WITH_NOOPS, budgets: { repair: 1, sql: 3, zombie: 1 } },
  ],
  [
    'F64 lazy: updates of other columns, 2 reads, 3 SQL transactions, zombie, expiry',
    { ...LAZY, sqlOperations: WITH_NOOPS, budgets: { reads: 2, sql: 3, zombie: 1, expiry: 1 } },
  ],
  [
    'F65 eager: updates of other columns, 1 change, 2 SQL transactions, zombie',
    {
      changes: ['update-a'],
      sqlOperations: ['update-a', 'update-c', 'delete'],
      budgets: { sql: 2, zombie: 1 },
    },
  ],
  [
    'F66 eager: updates of other columns, snapshot of a live view, 2 SQL transactions, replay',
    { sqlOperations: WITH_NOOPS, budgets: { snapshot: 1, sql: 2, replay: 1 } },
  ],
  ['F67 eager: merged records, 3 SQL transactions, zombie', { merges: true, budgets: { sql: 3, zombie: 1 } }],
  [
    'F68 eager, partial events: merged records, snapshot, replay, 2 SQL transactions',
    {
      merges: true,
      partialEvents: true,
      sqlOperations: UPDATES,
      budgets: { snapshot: 1, replay: 1, sql: 2 },
    },
  ],
  [
    'F69 lazy, partial events: merged records, read, updates of other columns, 4 SQL transactions',
    {
      ...LAZY,
      merges: true,
      partialEvents: true,
      sqlOperations: ['update-a', 'update-b', 'update-c', 'delete'],
      budgets: { reads: 1, sql: 4 },
    },
  ],
  [
    'F70 eager, partial events: merged records, a row no item can hold, updates of other columns, 3 SQL transactions, zombie',
    {
      merges: true,
      partialEvents: true,
      sqlOperations: ['oversize', 'update-a', 'update-b', 'update-c'],
      budgets: { sql: 3, zombie: 1 },
    },
  ],
];

/** The first load of a view by the puts of one loader, before anybody is served from it. */
const LOADS: readonly Entry[] = [
  [
    'F72 load by puts: loader dies, 3 SQL transactions, replay',
    { loads: true, budgets: { sql: 3, loaderDeath: 1, replay: 1 } },
  ],
  [
    'F73 load by puts: loader dies, snapshot, read, zombie, 2 SQL transactions',
    { loads: true, budgets: { sql: 2, loaderDeath: 1, snapshot: 1, reads: 1, zombie: 1 } },
  ],
  [
    'F74 load by puts, partial events, a row no item can hold: loader dies, 3 SQL transactions',
    {
      loads: true,
      partialEvents: true,
      sqlOperations: ['oversize', 'update-a', 'update-b', 'delete'],
      budgets: { sql: 3, loaderDeath: 1 },
    },
  ],
  [
    'F75 load by puts: loader dies, 1 change, 1 SQL transaction',
    { loads: true, changes: ['update-a'], sqlOperations: UPDATES, budgets: { sql: 1, loaderDeath: 1 } },
  ],
  [
    'F80 load by puts: an answer is lost, loader dies, 2 SQL transactions, replay',
    { loads: true, budgets: { sql: 2, lostAnswer: 1, loaderDeath: 1, replay: 1 } },
  ],
  [
    'F81 load by puts, partial events: an answer is lost, snapshot, 1 change, 2 SQL transactions',
    {
      loads: true,
      partialEvents: true,
      changes: ['update-a'],
      sqlOperations: UPDATES,
      budgets: { sql: 2, lostAnswer: 1, snapshot: 1 },
    },
  ],
  [
    'F82 load of snapshot rows by puts: an answer is lost, loader dies, 2 snapshots, read, 2 SQL transactions',
    { loads: true, captured: false, budgets: { sql: 2, lostAnswer: 1, loaderDeath: 1, snapshot: 2, reads: 1 } },
  ],
];

export const OPERATIONS: readonly Entry[] = [
  [
    'F26 lazy: live items end when they are idle, 2 reads, 3 SQL transactions, replay',
    { ...LAZY, budgets: { reads: 2, sql: 3, eviction: 1, replay: 1 } },
  ],
  ...REPAIRS,
  ...PARKING,
  ...SAVINGS,
  ...LOADS,
];
