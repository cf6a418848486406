import { type Configuration, type ConfigurationInput, configuration } from '../row/configuration.ts';
import { FIRST_COPY } from './first-copy.ts';
import { OPERATIONS } from './operations.ts';

const LAZY = { mode: 'lazy' } as const;
const ALL_OPERATIONS = ['insert', 'update-a', 'update-b', 'delete'] as const;
const UPDATES = ['update-a', 'update-b', 'delete'] as const;

/** Everything that is explored, by what happens in it. Numbers are those of the protocol's own list. */
const TABLE: readonly (readonly [name: string, input: ConfigurationInput])[] = [
  ['F01 eager: 3 SQL transactions, zombie, crash, replay', { budgets: { sql: 3, zombie: 1, crash: 1, replay: 1 } }],
  ['F02 eager: 4 SQL transactions, zombie', { budgets: { sql: 4, zombie: 1 } }],
  [
    'F03 eager: 1 change, 2 SQL transactions, crash, zombie',
    { changes: ['update-a'], sqlOperations: ALL_OPERATIONS, budgets: { sql: 2, crash: 1, zombie: 1 } },
  ],
  [
    'F04 eager: 2 changes of one field, 1 SQL transaction, duplicate, loss, writeback crash',
    {
      changes: ['update-a', 'update-a'],
      sqlOperations: ['update-a', 'delete'],
      budgets: { sql: 1, duplicate: 1, loss: 1, writebackCrash: 1 },
    },
  ],
  [
    'F05 eager: 2 changes of two fields, 1 SQL transaction, zombie',
    { changes: ['update-a', 'update-b'], sqlOperations: UPDATES, budgets: { sql: 1, zombie: 1 } },
  ],
  [
    'F06 eager: delete by a customer, 2 SQL transactions, crash, duplicate',
    { changes: ['delete'], budgets: { sql: 2, crash: 1, duplicate: 1 } },
  ],
  [
    'F07 eager: insert by a customer, 2 SQL transactions, duplicate, loss, crash',
    { rowExists: false, changes: ['insert'], budgets: { sql: 2, duplicate: 1, loss: 1, crash: 1 } },
  ],
  [
    'F08 eager: insert, then update by a customer, 1 SQL transaction, duplicate',
    { rowExists: false, changes: ['insert', 'update-a'], budgets: { sql: 1, duplicate: 1 } },
  ],
  [
    'F09 eager: read while loading, 3 SQL transactions, zombie, expiry',
    { budgets: { sql: 3, reads: 1, zombie: 1, expiry: 1 } },
  ],
  [
    'F10 eager, customer wins: 2 changes, 2 SQL transactions',
    { policy: 'customer-wins', changes: ['update-a', 'update-b'], budgets: { sql: 2 } },
  ],
  [
    'F11 eager: 3 changes, nobody else, duplicate, loss, writeback crash',
    { changes: ['update-a', 'update-b', 'update-a'], budgets: { duplicate: 1, loss: 1, writebackCrash: 1 } },
  ],
  [
    'F12 eager: 1 change, 1 SQL transaction, replay, crash',
    { changes: ['update-a'], sqlOperations: UPDATES, budgets: { sql: 1, replay: 1, crash: 1 } },
  ],
  [
    'F13 lazy: 2 reads, 3 SQL transactions, lease expiry, expiry, zombie',
    { ...LAZY, budgets: { reads: 2, sql: 3, leaseExpiry: 1, expiry: 1, zombie: 1 } },
  ],
  [
    'F14 lazy: 2 reads, 2 SQL transactions, everything fails once',
    { ...LAZY, budgets: { reads: 2, sql: 2, leaseExpiry: 1, expiry: 1, zombie: 1, crash: 1 } },
  ],
  [
    'F15 lazy: 1 read, 2 SQL transactions, replay, expiry',
    { ...LAZY, budgets: { reads: 1, sql: 2, replay: 1, expiry: 1 } },
  ],
  [
    'F16 lazy: read, 1 change, 1 SQL transaction, crash, zombie, expiry',
    {
      ...LAZY,
      changes: ['update-a'],
      sqlOperations: UPDATES,
      budgets: { reads: 1, sql: 1, crash: 1, zombie: 1, expiry: 1 },
    },
  ],
  [
    'F17 lazy: insert by a customer over an unknown key, read, 2 SQL transactions, expiry',
    { ...LAZY, changes: ['insert'], budgets: { reads: 1, sql: 2, expiry: 1 } },
  ],
  [
    'F18 rebuild by snapshot in live traffic: 3 SQL transactions, zombie',
    { captured: false, budgets: { snapshot: 1, sql: 3, zombie: 1 } },
  ],
  [
    'F19 snapshot of a live view: 1 change, 2 SQL transactions, crash',
    { changes: ['update-a'], budgets: { snapshot: 1, sql: 2, crash: 1 } },
  ],
  ['F20 failover loses the last commit: 3 SQL transactions, zombie', { budgets: { failover: 1, sql: 3, zombie: 1 } }],
  ['F21 lazy failover: read, 2 SQL transactions', { ...LAZY, budgets: { failover: 1, reads: 1, sql: 2 } }],
  [
    'F22 partial events while rebuilding: 1 change, 2 SQL transactions, crash',
    {
      partialEvents: true,
      captured: false,
      changes: ['update-a'],
      sqlOperations: UPDATES,
      budgets: { snapshot: 1, sql: 2, crash: 1 },
    },
  ],
  [
    'F23 lazy, partial events: read, 3 SQL transactions, zombie',
    { ...LAZY, partialEvents: true, sqlOperations: ALL_OPERATIONS, budgets: { reads: 1, sql: 3, zombie: 1 } },
  ],
  ['F24 two snapshots of a live view: 2 SQL transactions, replay', { budgets: { snapshot: 2, sql: 2, replay: 1 } }],
  [
    'F25 rebuild, expiry, replay: 2 SQL transactions',
    { captured: false, budgets: { snapshot: 1, sql: 2, replay: 1, expiry: 1 } },
  ],
  [
    'F27 eager: repair of one item, 3 SQL transactions, zombie, replay',
    { budgets: { repair: 1, sql: 3, zombie: 1, replay: 1 } },
  ],
  [
    'F28 lazy: repair, 2 reads, 1 change, 2 SQL transactions',
    { ...LAZY, changes: ['update-a'], sqlOperations: UPDATES, budgets: { repair: 1, reads: 2, sql: 2 } },
  ],
  [
    'F29 eager, partial events: insert by a customer over a filled absence, 2 SQL transactions, expiry',
    {
      partialEvents: true,
      rowExists: false,
      changes: ['insert'],
      fillsFirst: true,
      budgets: { reads: 1, sql: 2, expiry: 1, crash: 1 },
    },
  ],
  [
    'F30 rebuild, partial events: insert by a customer, read, 2 SQL transactions',
    {
      partialEvents: true,
      captured: false,
      changes: ['insert'],
      fillsFirst: true,
      budgets: { reads: 1, snapshot: 1, sql: 2, expiry: 1 },
    },
  ],
  [
    'F31 eager: 2 customers at once, 1 SQL transaction',
    { changes: ['update-a', 'update-b'], rivals: true, sqlOperations: UPDATES, budgets: { sql: 1 } },
  ],
  [
    'F32 lazy: 2 customers insert at once, read',
    { ...LAZY, rowExists: false, changes: ['insert', 'insert'], rivals: true, budgets: { reads: 1, sql: 1 } },
  ],
  [
    'F33 eager: update and delete by 2 customers at once, crash',
    { changes: ['update-a', 'delete'], rivals: true, budgets: { crash: 1 } },
  ],
  [
    'F34 eager: 1 change, 1 SQL transaction, zombie, crash',
    { changes: ['update-a'], sqlOperations: ALL_OPERATIONS, budgets: { sql: 1, zombie: 1, crash: 1 } },
  ],
  [
    'F35 lazy: 2 reads, 2 SQL transactions, lease expiry, zombie',
    { ...LAZY, budgets: { reads: 2, sql: 2, leaseExpiry: 1, zombie: 1 } },
  ],
  [
    'F36 lazy: repair, read, 1 change, 1 SQL transaction',
    { ...LAZY, changes: ['update-a'], sqlOperations: UPDATES, budgets: { repair: 1, reads: 1, sql: 1 } },
  ],
  [
    'F37 eager: repair, 2 SQL transactions, 1 change',
    { changes: ['update-a'], sqlOperations: UPDATES, budgets: { repair: 1, sql: 1 } },
  ],
  [
    'F38 eager, partial events: 1 change, 1 SQL transaction, zombie',
    { partialEvents: true, changes: ['update-a'], sqlOperations: UPDATES, budgets: { sql: 1, zombie: 1 } },
  ],
  [
    'F39 eager: update, then delete by customers, 1 SQL transaction',
    { changes: ['update-a', 'delete'], rivals: true, sqlOperations: UPDATES, budgets: { sql: 1 } },
  ],
  [
    'F40 eager: repair, a reader that dies, 1 SQL transaction',
    { sqlOperations: UPDATES, budgets: { repair: 1, reads: 1, crash: 1, sql: 1 } },
  ],
  [
    'F41 lazy, partial events: insert by a customer over an unknown key, 2 SQL transactions',
    {
      ...LAZY,
      partialEvents: true,
      changes: ['insert'],
      sqlOperations: ['update-a', 'update-b'],
      budgets: { sql: 2 },
    },
  ],
  [
    'F42 eager: a row no item can hold, 3 SQL transactions, zombie, crash',
    { sqlOperations: ['oversize', 'update-a', 'delete'], budgets: { sql: 3, zombie: 1, crash: 1 } },
  ],
  [
    'F43 lazy: a row no item can hold, read, 3 SQL transactions, expiry',
    { ...LAZY, sqlOperations: ['oversize', 'update-a', 'delete'], budgets: { reads: 1, sql: 3, expiry: 1 } },
  ],
  [
    'F44 eager: a row no item can hold, 1 change, 2 SQL transactions',
    { changes: ['update-b'], sqlOperations: ['oversize', 'update-a'], budgets: { sql: 2 } },
  ],
  [
    'F45 eager, partial events over whole rows: read, 3 SQL transactions, zombie, crash',
    {
      partialEvents: true,
      wholeRows: true,
      sqlOperations: ALL_OPERATIONS,
      budgets: { reads: 1, sql: 3, zombie: 1, crash: 1 },
    },
  ],
  [
    'F46 lazy, partial events over whole rows: read, 3 SQL transactions, zombie, expiry',
    {
      ...LAZY,
      partialEvents: true,
      wholeRows: true,
      sqlOperations: ALL_OPERATIONS,
      budgets: { reads: 1, sql: 3, zombie: 1, expiry: 1 },
    },
  ],
  [
    'F47 eager, partial events over whole rows: 1 change, 2 SQL transactions, crash',
    {
      partialEvents: true,
      wholeRows: true,
      changes: ['update-a'],
      sqlOperations: UPDATES,
      budgets: { sql: 2, crash: 1 },
    },
  ],
];

export const CONFIGURATIONS: readonly Configuration[] = [...TABLE, ...OPERATIONS, ...FIRST_COPY].map(([name, input]) =>
  configuration(name, input),
);

/** `F07` of `F07 eager: insert by a customer …`. */
export const labelOf = (configuration: Configuration): string => configuration.name.split(' ')[0] ?? '';

/** Small enough for every test run, and enough to find each clause that is missing. */
const SHORT =
  'F02 F06 F07 F08 F09 F12 F15 F18 F20 F21 F23 F25 F29 F31 F32 F33 F34 F35 F36 F37 F38 F39 F40 F41 F42 F43 F44 F45 F46 F47 F50 F56 F58 F62 F70 F73 F74 F75 F80 F90 F91'.split(
    ' ',
  );

export const SHORT_CONFIGURATIONS: readonly Configuration[] = CONFIGURATIONS.filter((one) =>
  SHORT.includes(labelOf(one)),
);
