import fc from 'fast-check';
import { EndingUpdates, type ExpressionName, Expressions, Names } from './expressions.ts';
import type { Attributes } from './attribute.ts';
import { buildWrite } from './write.ts';

const key = { pk: 'p', sk: 's' };
const given = Object.fromEntries(
  ['v', 'fx', 'ct', 'w', 'w0', 'q', 'x', 'nx', 't', 'p', 'pt', 'r', 'st', 'tok', 'lx', 'now', 'lv', 'zero'].map(
    (name) => [name, { S: name }],
  ),
);
const columns = { city: { S: 'Leiden' }, name: { S: 'Ada' } };

describe.each(Object.keys(Expressions) as ExpressionName[])('%s', (name) => {
  const removes = Expressions[name].update.includes('REMOVE {columns}');
  const writes = [
    buildWrite(name, { key, columns: removes ? Object.keys(columns) : columns, values: given }),
    buildWrite(name, { key, columns: removes ? [] : {}, values: given }),
  ];

  it.each(writes)('sends exactly the placeholders it mentions', (write) => {
    const mentioned = [...new Set(`${write.condition} ${write.update}`.match(/[#:][A-Za-z0-9]+/g))].sort();
    expect([...Object.keys(write.names), ...Object.keys(write.values)].sort()).toEqual(mentioned);
  });

  it.each(writes)('leaves neither a placeholder for columns nor a dangling comma', ({ update }) => {
    expect(update).not.toMatch(/\{columns\}|, *(REMOVE|$)|(SET|REMOVE) *(,|$)/);
  });

  it('renews the nonce: every state of an item can be told from every other', () => {
    expect(Expressions[name].update).toMatch(/#w = :w\b/);
  });

  it('never writes an item that it did not look at: the condition names state, version, nonce or lease', () => {
    expect(Expressions[name].condition).toMatch(/#(st|v|w|lt)\b/);
  });
});

describe('a live item that ends', () => {
  const ends = { N: '1764000000' };
  const writes = (Object.keys(EndingUpdates) as (keyof typeof EndingUpdates)[]).map((name) =>
    buildWrite(name, { key, columns, values: given, ends }),
  );

  it.each(writes)('says when in $expression, under the same condition, and nothing else differs', (write) => {
    const stays = buildWrite(write.expression, { key, columns, values: given });
    expect(write.condition).toBe(stays.condition);
    expect(write.values).toEqual({ ...stays.values, ':x': ends });
    expect(write.update).toMatch(/^SET .*#x = :x( REMOVE (?!.*#x\b).*)?$/);
    const others = (update: string) => (update.match(/#\w+/g) ?? []).filter((name) => name !== '#x').sort();
    expect(others(write.update)).toEqual(others(stays.update));
    const mentioned = [...new Set(`${write.condition} ${write.update}`.match(/[#:][A-Za-z0-9]+/g))].sort();
    expect([...Object.keys(write.names), ...Object.keys(write.values)].sort()).toEqual(mentioned);
  });

  it('is no matter of writes that leave no such item', () => {
    expect(buildWrite('fence', { key, values: given, ends })).toEqual(buildWrite('fence', { key, values: given }));
  });
});

it('never has a column stand for metadata, whatever it is called', () => {
  const write = buildWrite('upsertEager', {
    key,
    columns: { 'strange #name': { N: '1' }, select: { N: '2' } },
    values: given,
  });
  expect(write.names).toMatchObject({ '#c0': 'strange #name', '#c1': 'select' });
  expect(write.values).toMatchObject({ ':c0': { N: '1' }, ':c1': { N: '2' } });
  expect(new Set(Object.values(Names)).size).toBe(Object.keys(Names).length);
});

describe('a write of columns seen before', () => {
  const build = (columns: Attributes) => buildWrite('upsertEager', { key, columns, values: given });

  it('is as if none had been seen', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'a,b', 'a\u0000b', '#c0');
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const columns = Object.fromEntries(names.map((column, i) => [column, { N: String(i) }]));
        const write = build(columns);
        expect(names.map((_, i) => write.names[`#c${i}`])).toEqual(names);
        expect(names.map((_, i) => write.values[`:c${i}`])).toEqual(Object.values(columns));
        expect(Object.keys(write.names).filter((token) => token.startsWith('#c'))).toHaveLength(
          names.length + 1, // and #ct
        );
        expect(write.update).toContain(names.map((_, i) => `#c${i} = :c${i}`).join(', '));
      }),
    );
  });

  it('does not depend on how many there were, or on a list that was changed since', () => {
    for (let i = 0; i < 200; i++) build({ [`column${i}`]: { N: '1' } });
    expect(build({ column0: { N: '7' } })).toMatchObject({
      names: { '#c0': 'column0' },
      values: { ':c0': { N: '7' } },
    });
    const list = ['a', 'b'];
    const write = () => buildWrite('remove', { key, columns: list, values: given });
    expect(write().names).toMatchObject({ '#c0': 'a', '#c1': 'b' });
    list[0] = 'z';
    expect(write().names).toMatchObject({ '#c0': 'z', '#c1': 'b' });
  });

  it.each<[ExpressionName, string]>([
    ['upsertEager', ' REMOVE #x, #nx, #lt, #lx, #q, #c2, #c3'],
    ['upsertPartial', '#w = :w REMOVE #c2, #c3'],
    ['rebaseVisible', '#st = :st REMOVE #c2, #c3'],
  ])('removes others besides, by %s', (name, end) => {
    const remove = ['_by_pk', '_by_sk'];
    const write = buildWrite(name, { key, columns, remove, values: given });
    expect(write.update.endsWith(end)).toBe(true);
    expect(write.names).toMatchObject({ '#c2': '_by_pk', '#c3': '_by_sk' });
    expect(Object.keys(write.values).filter((token) => /^:c\d/.test(token))).toEqual([':c0', ':c1']);
    // Not the wording of one that removes nothing.
    expect(buildWrite(name, { key, columns, values: given }).update).not.toContain('#c2');
    expect(buildWrite(name, { key, columns: {}, remove, values: given }).update).toMatch(/REMOVE .*#c0, #c1$/);
  });

  it('cannot change the writes after it', () => {
    const { names } = build(columns);
    expect(() => Object.assign(names, { '#c0': 'other' })).toThrow(TypeError);
  });
});
