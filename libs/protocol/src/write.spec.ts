import { type ExpressionName, Expressions, Names } from './expressions.ts';
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
