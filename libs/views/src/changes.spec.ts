import { int4, int8 } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { comparedOf, policyName, policyOf } from './change-rules.ts';
import { column } from './key-template.ts';
import { type SideWrite, sideWriteProblem, writes } from './side-writes.ts';
import { source } from './source.ts';
import { notNull, nullable, table } from './table.ts';
import { view } from './view.ts';

const notes = table({
  source: source('shop', 'postgres'),
  name: 'public.notes',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), body: nullable(text()), rank: notNull(int4()), rev: notNull(int8()) },
});
const audit = table({
  source: source('shop', 'postgres'),
  name: 'public.audit',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), note: notNull(int8()), body: nullable(text()) },
});
const elsewhere = table({ ...audit, source: source('crm', 'postgres') });

const viewOf = (changes: object) =>
  view('notes', {
    table: notes,
    key: { pk: ['n1', column('id')], sk: ['NOTE'] },
    attributes: { id: 'id', body: 'body', rank: 'rank', rev: 'rev' },
    changes: { allow: ['body', 'rank'], ...changes } as never,
  });

const nothing = () => [];
const decide = () => ({ apply: {} });

describe('rules of changes', () => {
  it('know the policy of each attribute, and its name', () => {
    const mixed = viewOf({ fields: { body: 'customer-wins' } });
    expect([policyOf(mixed.changes, 'body'), policyOf(mixed.changes, 'rank')]).toEqual(['customer-wins', 'sql-wins']);
    expect(policyOf(mixed.changes, 'toString')).toBe('sql-wins');
    const views = [mixed, viewOf({ decide }), viewOf({}), viewOf({ policy: 'customer-wins' })];
    expect(views.map(({ changes }) => policyName(changes))).toEqual(['fields', 'custom', 'sql-wins', 'customer-wins']);
  });

  it('know what an update must say of what the customer saw', () => {
    const views = [viewOf({}), viewOf({ scope: 'row' }), viewOf({ version: 'rev' })];
    expect(views.map(comparedOf)).toEqual([[], ['id', 'body', 'rank', 'rev'], ['rev']]);
  });

  it.each([
    ['an attribute that is not there', { allow: ['title'] }, /"title", which is none of its attributes/],
    ['a policy that is not there', { policy: 'nobody-wins' }, /policy of "policy" must be one of sql-wins/],
    ['a policy of a field that is not there', { fields: { body: 'mine' } }, /policy of "body"/],
    ['a scope that is not there', { scope: 'table' }, /scope/],
    ['a policy for what nobody may set', { fields: { rev: 'customer-wins' } }, /"rev", which customers may not set/],
    ['a rule beside policies', { decide, policy: 'customer-wins', partial: true }, /remove partial, policy/],
    ['partial rows', { partial: true, scope: 'row' }, /partial needs scope 'fields'/],
    ['a version beside fields', { version: 'rev', fields: { body: 'customer-wins' } }, /remove fields/],
    ['a version that is not there', { version: 'revision' }, /"revision", which is none/],
    ['a version that is no number', { version: 'body', allow: ['rank'] }, /whole number/],
    ['a version that customers set', { version: 'rank' }, /take it out of allow/],
    ['an upsert where SQL wins', { upsert: true }, /upsert needs the policy/],
    ['further writes to nowhere', { also: { to: [], of: nothing } }, /writes nowhere/],
    ['further writes to another source', { also: { to: [writes(elsewhere, {})], of: nothing } }, /source crm/],
  ])('refuse %s', (_, changes, message) => {
    expect(() => viewOf(changes)).toThrow(
      expect.objectContaining({ code: 'HYBRIDGE_VIEW_DEFINITION_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('accept what makes sense together', () => {
    for (const changes of [
      { scope: 'row', fields: { rev: 'customer-wins' } },
      { policy: 'customer-wins', upsert: true },
      { policy: 'customer-wins', fields: { rank: 'sql-wins' }, partial: true },
      { version: 'rev', decide },
      { also: { to: [writes(audit, { insert: ['note'] })], of: nothing } },
    ]) {
      expect(() => viewOf(changes)).not.toThrow();
    }
  });
});

describe('writes', () => {
  const target = writes(audit, { insert: ['note', 'body'], update: ['body'], delete: true });

  it('make inserts, updates and deletes', () => {
    expect(target.insert({ note: '1', body: null })).toEqual({
      target,
      op: 'insert',
      key: {},
      set: { note: '1', body: null },
    });
    expect(target.update({ id: '7' }, { body: 'x' })).toEqual({
      target,
      op: 'update',
      key: { id: '7' },
      set: { body: 'x' },
    });
    expect(target.delete({ id: '7' })).toEqual({ target, op: 'delete', key: { id: '7' }, set: {} });
  });

  it.each([
    [
      'a column that is not declared',
      () => target.update({ id: '7' }, { note: '1' } as never),
      /audit.note is not among/,
    ],
    ['a key that is not whole', () => target.delete({}), /whole primary key \(id\)/],
    ['more than a key', () => target.update({ id: '7', note: '1' }, { body: 'x' }), /whole primary key/],
    [
      'an update not declared',
      () => writes(audit, { delete: true }).update({ id: '7' }, {}),
      /does not take the update/,
    ],
    [
      'a delete not declared',
      () => writes(audit, { insert: ['note'] }).delete({ id: '7' }),
      /does not take the delete/,
    ],
    ['an unknown column', () => writes(audit, { insert: ['title' as 'note'] }), /no column title/],
    ['an update of the key', () => writes(audit, { update: ['id'] }), /key column/],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'HYBRIDGE_VIEW_DEFINITION_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('are checked again where they are carried out', () => {
    const forged: SideWrite = { ...target.insert({ note: '1' }), set: { id: '1' } };
    expect(sideWriteProblem(forged)).toMatch(/audit.id is not among/);
  });
});
