import type { PendingChange } from '@hybridge/protocol';
import { column, int4, int8, notNull, nullable, source, table, text, view } from '@hybridge/views';
import { decideChange, refuseByPolicy } from './decide-change.ts';

const notes = table({
  source: source('test', 'postgres'),
  name: 'public.notes',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), body_text: nullable(text()), rank: notNull(int4()), owner: notNull(text()) },
});

const viewWith = (changes: Parameters<typeof view>[1]['changes']) =>
  view('notes', {
    table: notes,
    key: { pk: ['n1', column('id')], sk: ['NOTE'] },
    attributes: { id: 'id', body: 'body_text', rank: 'rank', owner: 'owner' },
    changes: changes as { allow: readonly 'body'[] },
  });

const sqlWins = viewWith({ allow: ['body', 'rank'], insert: true, delete: true });
const customerWins = viewWith({ allow: ['body', 'rank'], policy: 'customer-wins', delete: true });
const readOnly = viewWith({});

const keyRow = { id: { N: '1' } };
const row = { id: { N: '1' }, body_text: { S: 'a' }, rank: { N: '5' }, owner: { S: 'x' } };

const change = (part: Partial<PendingChange>): PendingChange => ({
  id: 'c1',
  n: 1,
  op: 'u',
  set: {},
  base: {},
  baseVersion: '',
  at: 0,
  by: 'customer:1',
  ...part,
});

const rejected = (code: string, message?: RegExp) => ({
  do: 'reject',
  refusal: { code, message: message === undefined ? expect.any(String) : expect.stringMatching(message) },
});

describe('decideChange', () => {
  it('updates columns, named as in SQL', () => {
    const update = change({ set: { body: { S: 'b' } }, base: { body: { S: 'a' } } });
    expect(decideChange(update, row, sqlWins)).toEqual({ do: 'update', set: { body_text: { S: 'b' } } });
  });

  it('changes no row that the view does not show, and inserts none over it', () => {
    const shown = view('shown', {
      ...sqlWins,
      changes: { allow: ['body', 'rank'], insert: true, delete: true },
      events: () => [],
      where: { from: ['owner'], keep: ({ owner }) => owner !== 'x' },
    });
    const update = change({ set: { body: { S: 'b' } }, base: { body: { S: 'a' } } });
    expect(decideChange(update, row, shown)).toEqual(rejected('MISSING'));
    expect(decideChange(change({ op: 'd', base: {} }), row, shown)).toEqual(rejected('MISSING'));
    expect(decideChange(update, { ...row, owner: { S: 'y' } }, shown)).toMatchObject({ do: 'update' });
    expect(decideChange(change({ op: 'i', set: { body: { S: 'b' } } }), row, shown)).toEqual(rejected('CONFLICT'));
  });

  it('compares numbers by value', () => {
    const update = change({ set: { rank: { N: '6' } }, base: { rank: { N: '5.0' } } });
    expect(decideChange(update, row, sqlWins)).toMatchObject({ do: 'update' });
  });

  it('rejects when SQL changed a field the customer set, naming it without its value', () => {
    const update = change({
      set: { body: { S: 'b' }, rank: { N: '6' } },
      base: { body: { S: 'old' }, rank: { N: '5' } },
    });
    const ruling = decideChange(update, row, sqlWins);
    expect(ruling).toEqual(rejected('CONFLICT', /: body\.$/));
  });

  it('applies when SQL changed only other fields', () => {
    const update = change({ set: { rank: { N: '6' } }, base: { rank: { N: '5' }, body: { S: 'old' } } });
    expect(decideChange(update, row, sqlWins)).toMatchObject({ do: 'update' });
  });

  it('rejects a field without a base, as nobody knows what the customer saw', () => {
    expect(decideChange(change({ set: { rank: { N: '6' } } }), row, sqlWins)).toEqual(rejected('CONFLICT'));
  });

  it('rejects a field whose value in SQL cannot be an attribute value', () => {
    const { rank: _, ...unstorable } = row;
    const update = change({ set: { rank: { N: '6' } }, base: { rank: { N: '5' } } });
    expect(decideChange(update, unstorable, sqlWins)).toEqual(rejected('CONFLICT'));
    expect(decideChange({ ...update, base: {} }, unstorable, sqlWins)).toEqual(rejected('CONFLICT'));
  });

  it('rejects a delete when any column differs from what the customer saw', () => {
    const seen = { id: { N: '1' }, body: { S: 'a' }, rank: { N: '5' }, owner: { S: 'x' } };
    expect(decideChange(change({ op: 'd', base: seen }), row, sqlWins)).toEqual({ do: 'delete' });
    const stale = change({ op: 'd', base: { ...seen, owner: { S: 'y' } } });
    expect(decideChange(stale, row, sqlWins)).toEqual(rejected('CONFLICT', /owner/));
    expect(decideChange(stale, row, customerWins)).toEqual({ do: 'delete' });
  });

  it('never conflicts where the customer wins, but needs the row', () => {
    const update = change({ set: { body: { S: 'b' } }, base: { body: { S: 'old' } } });
    expect(decideChange(update, row, customerWins)).toMatchObject({ do: 'update' });
    expect(decideChange(update, undefined, customerWins)).toEqual(rejected('MISSING'));
  });

  it.each(['u', 'd'] as const)('rejects %s of a row that is not there', (op) => {
    expect(decideChange(change({ op }), undefined, sqlWins)).toEqual(rejected('MISSING'));
  });

  it('inserts allowed columns; the key is the item’s, the rest is left to SQL', () => {
    const insert = change({ op: 'i', set: { id: { N: '1' }, body: { S: 'b' }, owner: { NULL: true } } });
    expect(decideChange(insert, undefined, sqlWins)).toEqual({ do: 'insert', set: { body_text: { S: 'b' } } });
    expect(decideChange(insert, row, sqlWins)).toEqual(rejected('CONFLICT', /exists/));
  });
});

describe('refuseByPolicy', () => {
  const refuse = (part: Partial<PendingChange>, of = sqlWins) => refuseByPolicy(change(part), of, keyRow);

  it('lets through what the view allows', () => {
    expect(refuse({ set: { body: { S: 'b' } } })).toBeUndefined();
    expect(refuse({ op: 'd' })).toBeUndefined();
    expect(refuse({ op: 'i', set: { id: { N: '1' }, body: { S: 'b' }, owner: { NULL: true } } })).toBeUndefined();
  });

  it.each(['owner', 'id', 'body_text', 'toString', '__proto__'])('refuses to set %s', (name) => {
    expect(refuse({ set: Object.fromEntries([[name, { S: 'x' }]]) })).toEqual(rejected('POLICY', new RegExp(name)));
  });

  it('refuses an insert under another key, or with a value for a column customers may not set', () => {
    expect(refuse({ op: 'i', set: { id: { N: '2' } } })).toEqual(rejected('POLICY', /id/));
    expect(refuse({ op: 'i', set: { id: { N: '1' }, owner: { S: 'me' } } })).toEqual(rejected('POLICY', /owner/));
  });

  it('refuses inserts and deletes the view does not offer', () => {
    expect(refuse({ op: 'i', set: {} }, readOnly)).toEqual(rejected('POLICY', /inserts/));
    expect(refuse({ op: 'd' }, readOnly)).toEqual(rejected('POLICY', /deletes/));
  });
});
