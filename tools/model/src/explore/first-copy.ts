import type { ConfigurationInput } from '../row/configuration.ts';

const FIRST = { primary: 'dynamodb', policy: 'customer-wins' } as const;

/** Rows that live in the view first: customers win, and SQL makes, overwrites and forgets rows as they want. */
export const FIRST_COPY: readonly (readonly [name: string, input: ConfigurationInput])[] = [
  [
    'F90 lives in the view first: delete by a customer, 2 SQL transactions, crash, duplicate',
    { ...FIRST, changes: ['delete'], budgets: { sql: 2, crash: 1, duplicate: 1 } },
  ],
  [
    'F91 lives in the view first: insert by a customer, 2 SQL transactions, duplicate, loss',
    { ...FIRST, rowExists: false, changes: ['insert'], budgets: { sql: 2, duplicate: 1, loss: 1 } },
  ],
  [
    'F92 lives in the view first: update, then delete by a customer, 2 SQL transactions',
    { ...FIRST, changes: ['update-a', 'delete'], budgets: { sql: 2 } },
  ],
];
