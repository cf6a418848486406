import type { Attributes, PendingChange } from '@hybridge/protocol';
import { type AnyView, column, int4, int8, notNull, nullable, source, table, text, view } from '@hybridge/views';
import type { EarlierChange } from './conflicts.ts';
import { decideChange } from './decide-change.ts';

const notes = table({
  source: source('test', 'postgres'),
  name: 'public.notes',
  primaryKey: ['id'],
  columns: {
    id: notNull(int8()),
    body_text: nullable(text()),
    rank: notNull(int4()),
    owner: notNull(text()),
    rev: notNull(int8()),
  },
});

const definition = {
  table: notes,
  key: { pk: ['n1', column('id')], sk: ['NOTE'] },
  attributes: { id: 'id', body: 'body_text', rank: 'rank', owner: 'owner', rev: 'rev' },
} as const;

const viewOf = (changes: object): AnyView =>
  view('notes', { ...definition, changes: { allow: ['body', 'rank'], delete: true, ...changes } });

const S = (value: string) => ({ S: value });
const N = (value: number) => ({ N: String(value) });
const SEEN: Attributes = { id: N(1), body: S('a'), rank: N(5), owner: S('x'), rev: N(3) };
const ROW = { id: N(1), body_text: S('a'), rank: N(5), owner: S('x'), rev: N(3) };

const change = (op: PendingChange['op'], set: Attributes, base: Attributes, n = 1): PendingChange => ({
  id: 'c1',
  n,
  op,
  set,
  base,
  baseVersion: '',
  at: 0,
  by: 'customer:1',
});

const update = (set: Attributes, base: Attributes = SEEN, n = 1) => change('u', set, base, n);
const rejected = (code: string, message = /./) => ({
  do: 'reject',
  refusal: { code, message: expect.stringMatching(message) },
});

describe('policies of single fields', () => {
  const mixed = viewOf({ fields: { body: 'customer-wins' } });
  const bothChanged = { ...ROW, body_text: S('sql'), rank: N(9) };

  it('let the customer win where they say so', () => {
    expect(decideChange(update({ body: S('b') }), bothChanged, mixed)).toEqual({
      do: 'update',
      set: { body_text: S('b') },
    });
  });

  it('reject the whole change when one field loses', () => {
    const both = update({ body: S('b'), rank: N(6) });
    expect(decideChange(both, bothChanged, mixed)).toEqual(rejected('CONFLICT', /: rank\.$/));
  });

  it('with partial, leave out what loses and say so', () => {
    const both = update({ body: S('b'), rank: N(6) });
    expect(decideChange(both, bothChanged, viewOf({ fields: { body: 'customer-wins' }, partial: true }))).toEqual({
      do: 'update',
      set: { body_text: S('b') },
      note: { code: 'PARTIAL', message: 'Left out, as changed in SQL meanwhile: rank.' },
    });
  });

  it('with partial, still reject a change that loses everything, and a delete', () => {
    const partial = viewOf({ partial: true });
    expect(decideChange(update({ rank: N(6) }), bothChanged, partial)).toEqual(rejected('CONFLICT'));
    expect(decideChange(change('d', {}, SEEN), bothChanged, partial)).toEqual(rejected('CONFLICT'));
  });

  it('may also let SQL win in single fields', () => {
    const strict = viewOf({ policy: 'customer-wins', fields: { rank: 'sql-wins' } });
    expect(decideChange(update({ body: S('b') }), bothChanged, strict)).toMatchObject({ do: 'update' });
    expect(decideChange(update({ rank: N(6) }), bothChanged, strict)).toEqual(rejected('CONFLICT', /rank/));
  });
});

describe('scope row', () => {
  const strict = viewOf({ scope: 'row' });

  it('rejects when any column is not what the customer saw', () => {
    expect(decideChange(update({ rank: N(6) }), ROW, strict)).toMatchObject({ do: 'update' });
    const elsewhere = { ...ROW, owner: S('y') };
    expect(decideChange(update({ rank: N(6) }), elsewhere, strict)).toEqual(rejected('CONFLICT', /: owner\.$/));
    expect(decideChange(change('d', {}, SEEN), elsewhere, strict)).toEqual(rejected('CONFLICT', /owner/));
  });

  it('rejects a change that does not say what the customer saw of the row', () => {
    const onlyField = update({ rank: N(6) }, { rank: N(5) });
    expect(decideChange(onlyField, ROW, strict)).toEqual(rejected('CONFLICT', /id, body, owner, rev/));
  });

  it('looks over attributes in which the customer wins', () => {
    const counters = viewOf({ scope: 'row', fields: { rev: 'customer-wins' } });
    expect(decideChange(update({ rank: N(6) }), { ...ROW, rev: N(4) }, counters)).toMatchObject({ do: 'update' });
  });
});

describe('a version column', () => {
  const versioned = viewOf({ version: 'rev' });
  const base = { rank: N(5), rev: N(3) };

  it('is compared in place of the row, and counted up', () => {
    const elsewhere = { ...ROW, owner: S('y') };
    expect(decideChange(update({ rank: N(6) }, base), elsewhere, versioned)).toEqual({
      do: 'update',
      set: { rank: N(6), rev: N(4) },
    });
    expect(decideChange(update({ rank: N(6) }, base), { ...ROW, rev: N(4) }, versioned)).toEqual(
      rejected('CONFLICT', /: rev\.$/),
    );
  });

  it('counts beyond what a double holds', () => {
    const large = { N: '9007199254740993' };
    const set = { do: 'update', set: { rank: N(6), rev: { N: '9007199254740994' } } };
    expect(decideChange(update({ rank: N(6) }, { ...base, rev: large }), { ...ROW, rev: large }, versioned)).toEqual(
      set,
    );
  });

  it('is all that a delete is held against', () => {
    expect(decideChange(change('d', {}, SEEN), { ...ROW, owner: S('y') }, versioned)).toEqual({ do: 'delete' });
    expect(decideChange(change('d', {}, SEEN), { ...ROW, rev: N(4) }, versioned)).toEqual(rejected('CONFLICT', /rev/));
    expect(decideChange(change('d', {}, {}), ROW, versioned)).toEqual(rejected('CONFLICT', /rev/));
  });

  it('must be told', () => {
    expect(decideChange(update({ rank: N(6) }, { rank: N(5) }), ROW, versioned)).toEqual(rejected('CONFLICT', /rev/));
  });

  it('lets a change stand on one of its item that SQL applied, and on no other', () => {
    const second = update({ body: S('b') }, { body: S('a'), rev: N(3) }, 2);
    const counted = { ...ROW, rank: N(6), rev: N(4) };
    const first: EarlierChange = { outcome: 'A', base, wanted: { rank: N(6), rev: N(4) } };
    expect(decideChange(second, counted, versioned, [first])).toMatchObject({ do: 'update', set: { rev: N(5) } });
    expect(decideChange(second, { ...counted, rev: N(5) }, versioned, [first])).toEqual(rejected('CONFLICT', /rev/));
    const otherBase = { ...first, base: { rev: N(2) } };
    expect(decideChange(second, counted, versioned, [otherBase])).toEqual(rejected('CONFLICT', /rev/));
    const refused = { ...first, outcome: 'R' } as const;
    expect(decideChange(second, counted, versioned, [refused])).toEqual(rejected('CONFLICT', /rev/));
  });

  it('does not hide that a change of the same field was refused', () => {
    const second = update({ rank: N(7) }, { rank: N(6), rev: N(3) }, 2);
    const refused: EarlierChange = { outcome: 'R', base, wanted: { rank: N(6) } };
    expect(decideChange(second, ROW, versioned, [refused])).toEqual(rejected('DEPENDENT', /: rank\.$/));
  });
});

describe('upsert', () => {
  it('inserts the row that an update does not find', () => {
    const upserting = viewOf({ policy: 'customer-wins', upsert: true });
    expect(decideChange(update({ rank: N(6) }), undefined, upserting)).toEqual({ do: 'insert', set: { rank: N(6) } });
    expect(decideChange(change('d', {}, SEEN), undefined, upserting)).toEqual(rejected('MISSING'));
  });
});

describe('a chain of changes', () => {
  const plain = viewOf({});
  const refused: EarlierChange = { outcome: 'R', base: { rank: N(5) }, wanted: { rank: N(6) } };

  it('is refused from where it stands on a refused change', () => {
    const second = update({ rank: N(7) }, { rank: N(6) }, 2);
    expect(decideChange(second, ROW, plain, [refused])).toEqual(rejected('DEPENDENT', /: rank\.$/));
    expect(decideChange(second, ROW, plain, [{ ...refused, outcome: 'A' }])).toEqual(rejected('CONFLICT'));
    expect(decideChange(update({ rank: N(7) }, { rank: N(8) }, 2), ROW, plain, [refused])).toEqual(
      rejected('CONFLICT'),
    );
  });

  it('goes on in other fields', () => {
    expect(decideChange(update({ body: S('b') }, { body: S('a') }, 2), ROW, plain, [refused])).toMatchObject({
      do: 'update',
    });
  });

  it('ends with the row that was not inserted', () => {
    const insert: EarlierChange = { outcome: 'R', base: {}, wanted: { id: N(1), rank: N(6) } };
    const second = update({ rank: N(7) }, { rank: N(6) }, 2);
    expect(decideChange(second, undefined, plain, [insert])).toEqual(rejected('DEPENDENT', /insert/));
    expect(decideChange(second, undefined, plain, [])).toEqual(rejected('MISSING'));
  });
});

describe('a rule of the definition', () => {
  type Doc = { readonly rank: number; readonly body: string | null };
  const ruled = viewOf({
    decide: ({ op, current, base, set, by }: { op: string; current: Doc; base: Doc; set: Doc; by: string }) => {
      if (op === 'delete') return current.rank > 5 ? { reject: { code: 'TOO_IMPORTANT', message: by } } : { apply: {} };
      if (set.body === 'foreign') return { apply: { owner: 'me' } };
      if (set.body === 'wrong') return { apply: { rank: 'many' } };
      return { apply: { rank: current.rank + (set.rank - base.rank) } };
    },
  });
  const row = { ...ROW, rank: N(9) };

  it('decides on plain values what is applied', () => {
    expect(decideChange(update({ rank: N(7) }), row, ruled)).toEqual({ do: 'update', set: { rank: N(11) } });
    expect(decideChange(change('d', {}, SEEN), ROW, ruled)).toEqual({ do: 'delete' });
  });

  it('refuses with a code of its own', () => {
    expect(decideChange(change('d', {}, SEEN), row, ruled)).toEqual(rejected('TOO_IMPORTANT', /customer:1/));
  });

  it('cannot set what customers may not, nor what its column does not take', () => {
    const refusal = (code: string) =>
      expect.objectContaining({ name: 'RefusedError', refusal: expect.objectContaining({ code }) });
    expect(() => decideChange(update({ body: S('foreign') }), row, ruled)).toThrow(refusal('POLICY'));
    expect(() => decideChange(update({ body: S('wrong') }), row, ruled)).toThrow(refusal('INVALID'));
    const { rank: _, ...unstorable } = row;
    expect(() => decideChange(update({ rank: N(7) }), unstorable, ruled)).toThrow(refusal('RANGE'));
  });

  it('is not asked about rows that are not there', () => {
    expect(decideChange(update({ rank: N(7) }), undefined, ruled)).toEqual(rejected('MISSING'));
  });
});
