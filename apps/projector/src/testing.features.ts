import type { RowChange } from '@hybridge/protocol';
import type { CellRow } from '@hybridge/testkit';
import type { ChangeRecord } from '@hybridge/source-kafka';
import type { AnyView } from '@hybridge/views';
import type { RowWork } from './work.ts';

/** As much of a view as work that is not written needs. */
export const viewNamed = (name: string, mode: AnyView['mode'] = 'eager'): AnyView =>
  ({ name, mode, relations: [], isBase: false, moves: false }) as unknown as AnyView;

/** A change of a row that embeds nothing. */
export const rowWork = (view: AnyView, change: RowChange, more: Partial<RowWork> = {}): RowWork => ({
  kind: 'row',
  view,
  key: change.key,
  keyRow: {},
  change,
  links: {},
  guess: 'same',
  snapshot: false,
  ...more,
});

/** A row of `public.addresses` as a change event carries it; its key is above 2^53. */
export const addressRow = (overrides: CellRow = {}): CellRow => ({
  customer_id: 9007199254740993n,
  label: 'home',
  street: 'Oudegracht 1',
  postal_code: '3511 AB',
  city: 'Utrecht',
  country: 'NL',
  instructions: null,
  ...overrides,
});

export const recordOf = (value: string, overrides: Partial<ChangeRecord> = {}): ChangeRecord => ({
  topic: 'shop.public.addresses',
  partition: 0,
  offset: 0n,
  key: undefined,
  value,
  epoch: 0,
  timestamp: 9_500,
  ...overrides,
});
