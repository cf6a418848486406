import { type ViewDescription, describeView } from './describe.ts';
import { attribute } from './indexes.ts';
import { int4, int8 } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { column } from './key-template.ts';
import { PlanEffect, planViews } from './plan.ts';
import { source } from './source.ts';
import { notNull, nullable, table } from './table.ts';
import { view } from './view.ts';

const orders = table({
  source: source('shop', 'postgres'),
  name: 'public.orders',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), status: notNull(text()), total: notNull(int4()), note: nullable(text()) },
});

const made = (): ViewDescription =>
  describeView(
    view('orders', {
      table: orders,
      key: { pk: ['o1', 'ORDER', column('id')], sk: ['ORDER'] },
      attributes: { id: 'id', status: 'status', total: 'total' },
      computed: { isLarge: { from: ['total'], type: text(), value: ({ total }) => (total > 100 ? 'yes' : 'no') } },
      where: { from: ['status'], keep: ({ status }) => status !== 'draft' },
      indexes: { byStatus: { pk: ['STATUS', attribute('status')], sk: [attribute('total')] } },
      changes: { allow: ['status'] },
      access: { read: ['public'] },
    }),
  );

const BEFORE = made();
const changed = (change: Partial<ViewDescription>) => planViews([BEFORE], [{ ...BEFORE, ...change }]);
const told = (change: Partial<ViewDescription>) =>
  changed(change).flatMap(({ changes }) => changes.map(({ what, how, effect }) => [what, how, effect]));

describe('a description of a view', () => {
  it('is plain JSON that two builds of one definition have in common', () => {
    expect(JSON.parse(JSON.stringify(BEFORE))).toEqual(BEFORE);
    expect(made()).toEqual(BEFORE);
    expect(BEFORE).toMatchObject({
      key: { pk: ['o1', 'ORDER', '{id}'], sk: ['ORDER'] },
      attributes: { total: { column: 'total', type: 'integer', nullable: false } },
      computed: { isLarge: { from: ['total'], value: expect.stringContaining('100') } },
      where: { from: ['status'], keep: expect.stringContaining('draft') },
      indexes: { byStatus: { pk: ['STATUS', '{status}'], sk: ['{total}'], where: null } },
      changes: { allow: ['status'], policy: 'sql-wins' },
    });
  });
});

describe('a plan', () => {
  it('is empty where nothing changed', () => {
    expect(planViews([BEFORE], [made()])).toEqual([]);
  });

  const note = { column: 'note', type: 'text', nullable: true };
  const { total, ...without } = BEFORE.attributes;
  const index = BEFORE.indexes['byStatus']!;
  it.each<[string, Partial<ViewDescription>, readonly (readonly string[])[]]>([
    ['an attribute more', { attributes: { ...BEFORE.attributes, note } }, [['attribute note', 'added', 'refill']]],
    ['one less', { attributes: without }, [['attribute total', 'removed', 'leftovers']]],
    [
      'one of another column',
      { attributes: { ...BEFORE.attributes, total: { ...total!, column: 'sum' } } },
      [['attribute total', 'changed', 'refill']],
    ],
    [
      'one that may be NULL',
      { attributes: { ...BEFORE.attributes, total: { ...total!, nullable: true } } },
      [['attribute total', 'changed', 'none']],
    ],
    [
      'another computation',
      { computed: { isLarge: { ...BEFORE.computed['isLarge']!, value: '() => 1' } } },
      [['computed attribute isLarge', 'changed', 'refill']],
    ],
    ['no filter', { where: null }, [['filter', 'removed', 'refill']]],
    ['no index', { indexes: {} }, [['index byStatus', 'removed', 'leftovers']]],
    ['another order', { indexes: { byStatus: { ...index, sk: ['{id}'] } } }, [['index byStatus', 'changed', 'refill']]],
    ['lazy', { mode: 'lazy' }, [['mode', 'changed', 'none']]],
    ['another home', { primary: 'dynamodb' }, [['primary', 'changed', 'load']]],
    ['another key', { key: { pk: ['o1', '{id}'], sk: ['ORDER'] } }, [['key', 'changed', 'rebuild']]],
    ['another layout', { layout: 'document' }, [['layout', 'changed', 'rebuild']]],
    ['another source', { source: 'crm' }, [['source', 'changed', 'rebuild']]],
    [
      'another key with another first word',
      { key: { pk: ['o2', '{id}'], sk: ['ORDER'] }, layout: 'document', where: null },
      [['key prefix', 'changed', 'load']],
    ],
    [
      'other rules',
      { access: { read: [] }, events: ['x'] },
      [
        ['access', 'changed', 'none'],
        ['events', 'changed', 'none'],
      ],
    ],
  ])('says what %s means', (_, change, expected) => {
    expect(told(change)).toEqual(expected);
  });

  it('takes the greatest effect of a view, and names indexes only if no other view has them', () => {
    const twin = { ...BEFORE, name: 'drafts', key: { pk: ['d1', '{id}'], sk: ['D'] } };
    const next = { ...BEFORE, layout: 'document', indexes: { ...BEFORE.indexes, byTotal: index } };
    expect(planViews([BEFORE, twin], [next, twin])).toMatchObject([
      { view: 'orders', effect: PlanEffect.rebuild, addedIndexes: ['byTotal'], removedIndexes: [] },
    ]);
    expect(planViews([BEFORE, twin], [{ ...BEFORE, indexes: {} }, twin])[0]?.removedIndexes).toEqual([]);
    expect(planViews([BEFORE], [{ ...BEFORE, indexes: {} }])[0]?.removedIndexes).toEqual(['byStatus']);
  });

  it('knows a view that came, went or has another name', () => {
    expect(planViews([], [BEFORE])).toMatchObject([{ effect: 'load', addedIndexes: ['byStatus'] }]);
    expect(planViews([], [{ ...BEFORE, mode: 'lazy' }])).toMatchObject([{ effect: 'none' }]);
    expect(planViews([BEFORE], [])).toMatchObject([
      { view: 'orders', effect: 'leftovers', removedIndexes: ['byStatus'] },
    ]);
    const renamed = planViews([BEFORE], [{ ...BEFORE, name: 'purchases' }]);
    expect(renamed.map(({ view: name, effect }) => [name, effect])).toEqual([
      ['purchases', 'none'],
      ['orders', 'none'],
    ]);
    expect(renamed[0]?.changes[0]?.meaning).toContain('view orders');
  });
});
