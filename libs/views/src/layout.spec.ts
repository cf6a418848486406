import { Expressions, type ExpressionName, NULL, buildWrite, map, text as textValue } from '@hybridge/protocol';
import { text } from './codecs/text.ts';
import { int4 } from './codecs/numbers.ts';
import { MAX_EXPRESSION_BYTES, longestExpression } from './expression-size.ts';
import { column } from './key-template.ts';
import { unpackColumns } from './layout.ts';
import { projectRow, toDocument } from './row.ts';
import { source } from './source.ts';
import { shapeOf } from './shape.ts';
import { notNull, nullable, table } from './table.ts';
import { type ViewDefinition, view } from './view.ts';

/** A table of `count` columns beside its key, all of them mapped. */
function wide(count: number, definition: Partial<ViewDefinition<never, never>> = {}) {
  const names = Array.from({ length: count }, (_, i) => `a${i}`);
  const columns = Object.fromEntries(names.map((name) => [name, nullable(text())]));
  const wideTable = table({
    source: source('test', 'postgres'),
    name: 'public.wide',
    primaryKey: ['id'],
    columns: { id: notNull(int4()), ...columns },
  });
  const attributes = Object.fromEntries(names.map((name) => [name, name]));
  return view('wide', {
    table: wideTable,
    key: { pk: ['w1', column('id')], sk: ['W'] },
    attributes,
    ...definition,
  } as never);
}

const invalid = (message: RegExp) =>
  expect.objectContaining({
    code: 'HYBRIDGE_VIEW_DEFINITION_INVALID',
    message: expect.stringMatching(message) as string,
  });

describe('a view in layout document', () => {
  const two = wide(2, { layout: 'document' });
  const row = { id: { N: '1' }, a0: textValue('x'), a1: NULL };

  it('has one attribute of its own, which holds the row', () => {
    const columns = projectRow(two, row) ?? {};
    expect([shapeOf(two).names, columns]).toEqual([['d'], { d: map({ a0: textValue('x'), a1: NULL }) }]);
    expect(unpackColumns(two, columns)).toEqual({ a0: textValue('x'), a1: NULL });
    expect(toDocument(two, columns)).toEqual({ a0: 'x', a1: null });
  });

  it('takes no part of a row', () => {
    expect(() => projectRow(two, { id: { N: '1' }, a0: NULL })).toThrow(/1 of its attributes have no value: a1/);
  });

  it('may be as wide as a table can be', () => {
    expect(wide(1_600, { layout: 'document' }).attributeNames).toHaveLength(1_600);
  });

  it.each([{ allow: ['a0'] }, { insert: true }, { delete: true }])('cannot be changed by customers: %j', (changes) => {
    expect(() => wide(2, { layout: 'document', changes: changes as never })).toThrow(
      invalid(/View wide: customers cannot change .*'document'/),
    );
  });
});

describe('a flat view', () => {
  const limit = Array.from({ length: 400 }, (_, i) => i).findLast(
    (count) => longestExpression(count).bytes <= MAX_EXPRESSION_BYTES,
  ) as number;

  it('is refused as soon as one of its expressions could be too long, with the size and the way out', () => {
    expect(limit).toBeGreaterThan(200);
    expect(() => wide(limit)).not.toThrow();
    const { bytes } = longestExpression(limit + 1);
    expect(() => wide(limit + 1)).toThrow(
      invalid(new RegExp(`View wide: its ${limit + 1} attributes .* ${bytes} bytes .* 4096; set layout: 'document'`)),
    );
  });

  it('is measured by the longest of all expressions, as it is sent', () => {
    const columns = Object.fromEntries(Array.from({ length: limit }, (_, i) => [`name ${i}`, NULL]));
    const sizes = (Object.keys(Expressions) as ExpressionName[]).map((name) =>
      Buffer.byteLength(buildWrite(name, { key: { pk: 'p', sk: 's' }, columns, values: {} }).update),
    );
    expect(longestExpression(limit).bytes).toBe(Math.max(...sizes));
  });

  it('shows its columns as they are', () => {
    expect([shapeOf(wide(1)).names, projectRow(wide(1), { a0: NULL })]).toEqual([['a0'], { a0: NULL }]);
  });
});

describe('names', () => {
  const named = (attribute: string) => () =>
    view('v', {
      table: table({
        source: source('test', 'postgres'),
        name: 'public.t',
        primaryKey: ['id'],
        columns: { id: notNull(int4()), order: nullable(text()) },
      }),
      key: { pk: ['v1', column('id')], sk: ['V'] },
      attributes: { [attribute]: 'order' },
    });

  it.each(['size', 'name', 'order', 'status', 'd', 'a.b', 'ü', 'L', '#c0', ':v'])(
    'may be any word, as "%s"',
    (word) => {
      expect(named(word)).not.toThrow();
    },
  );

  it.each(['_v', '_st', '_anything', 'pk', 'sk', ''])('may not be one of ours or nothing: "%s"', (word) => {
    expect(named(word)).toThrow(invalid(/is reserved; names must not be empty, pk, sk or begin with "_"/));
  });
});

describe('keys', () => {
  const labels = table({
    source: source('test', 'postgres'),
    name: 'public.labels',
    primaryKey: ['id', 'label'],
    columns: { id: notNull(int4()), label: notNull(text()) },
  });
  const keyed = (pk: readonly unknown[], sk: readonly unknown[]) => () =>
    view('labels', { table: labels, key: { pk, sk } as never, attributes: { id: 'id' } });
  const [id, label] = [column('id'), column('label')];

  it.each([
    ['a sort key that is empty where a text is', ['l1', id], [label], /sort key is empty where column label is/],
    ['a sort key without parts', ['l1', id, label], [], /sort key has no parts/],
    ['the prefix of control items', ['C', id], ['L', label], /prefix "C" is kept/],
  ])('are refused: %s', (_, pk, sk, message) => {
    expect(keyed(pk, sk)).toThrow(invalid(message));
  });

  it('may end in a number alone, which is never empty', () => {
    expect(keyed(['l1', label], [id])).not.toThrow();
  });
});
