/** Rows that live in DynamoDB first: SQL follows. */
import type { Attributes, PendingChange } from '@hybridge/protocol';
import { column, int4, int8, notNull, nullable, source, table, text, view } from '@hybridge/views';
import type { EarlierChange } from './conflicts.ts';
import { decideChange } from './decide-change.ts';

const wishes = view('wishes', {
  table: table({
    source: source('test', 'postgres'),
    name: 'public.wishes',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), note_text: nullable(text()), quantity: notNull(int4()), made_by: nullable(text()) },
  }),
  primary: 'dynamodb',
  key: { pk: ['w1', column('id')], sk: ['WISH'] },
  attributes: { id: 'id', note: 'note_text', quantity: 'quantity', madeBy: 'made_by' },
  changes: { allow: ['note', 'quantity'] },
});

const S = (value: string) => ({ S: value });
const N = (value: number) => ({ N: String(value) });
const NULL = { NULL: true } as const;

const seen: Attributes = { id: N(1), note: S('a'), quantity: N(5), madeBy: S('sql') };
const row = { id: N(1), note_text: S('of the staff'), quantity: N(9), made_by: S('sql') };

const change = (op: PendingChange['op'], set: Attributes, base: Attributes = {}): PendingChange => ({
  id: 'c1',
  n: 1,
  op,
  set,
  base,
  baseVersion: '',
  at: 0,
  by: 'customer:1',
});
const insert = change('i', { id: N(1), note: S('a'), quantity: N(6), madeBy: NULL });
const update = change('u', { quantity: N(6) }, seen);
const remove = change('d', {}, seen);
const whole = { note_text: S('a'), quantity: N(6) };

it('overwrites whatever SQL holds, but for what customers may not set', () => {
  expect(decideChange(insert, row, wishes)).toEqual({ do: 'update', set: whole });
  expect(decideChange(update, row, wishes)).toEqual({ do: 'update', set: { quantity: N(6) } });
  expect(decideChange(remove, row, wishes)).toEqual({ do: 'delete' });
});

it('makes the whole row that an insert or update does not find, and deletes none twice', () => {
  expect(decideChange(insert, undefined, wishes)).toEqual({ do: 'insert', set: whole });
  expect(decideChange(update, undefined, wishes)).toEqual({ do: 'insert', set: whole });
  expect(decideChange(remove, undefined, wishes)).toEqual({ do: 'nothing' });
});

it('does so also after SQL refused the insert', () => {
  const refused: EarlierChange = { outcome: 'R', base: {}, wanted: seen };
  expect(decideChange({ ...update, n: 2 }, undefined, wishes, [refused])).toEqual({ do: 'insert', set: whole });
});
