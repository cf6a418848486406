import { type EmbedDescription, type ViewDescription, describeView } from './describe.ts';
import { attribute } from './indexes.ts';
import { int4, int8 } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { column } from './key-template.ts';
import { embed } from './embed.ts';
import { planViews } from './plan.ts';
import { PlanEffect } from './planned-change.ts';
import { source } from './source.ts';
import { notNull, nullable, table } from './table.ts';
import { view } from './view.ts';

const orders = table({
  source: source('shop', 'postgres'),
  name: 'public.orders',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), status: notNull(text()), total: notNull(int4()), note: nullable(text()) },
});

const people = table({
  source: source('crm', 'postgres'),
  name: 'public.people',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), name: notNull(text()), manager: nullable(int4()) },
});
const manager = embed(people, { on: ['manager'], attributes: { name: 'name' } });
const buyer = embed(people, { on: ['total'], attributes: { name: 'name' }, embed: { manager }, shards: 2 });

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
      embed: { buyer },
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
      embeds: {
        buyer: {
          source: 'crm',
          table: 'public.people',
          primaryKey: ['id'],
          on: ['total'],
          attributes: { name: { column: 'name', type: 'text', nullable: false } },
          shards: 2,
          embeds: { manager: { on: ['manager'], shards: 1, embeds: {} } },
        },
      },
      collect: {},
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
  const buyerBefore = BEFORE.embeds['buyer']!;
  const { manager: managerBefore } = buyerBefore.embeds;
  const otherBuyer = (change: Partial<EmbedDescription>) => ({ embeds: { buyer: { ...buyerBefore, ...change } } });
  const rebuilt = [['embedded buyer', 'changed', 'rebuild']] as const;
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
    [
      'a row embedded more',
      { embeds: { ...BEFORE.embeds, payer: buyerBefore } },
      [['embedded payer', 'added', 'refill']],
    ],
    ['one less', { embeds: {} }, [['embedded buyer', 'removed', 'leftovers']]],
    ['another column of it', otherBuyer({ attributes: {} }), rebuilt],
    ['other rows of it', otherBuyer({ on: ['id'] }), rebuilt],
    ['other shards', otherBuyer({ shards: 3 }), rebuilt],
    ['another table of it', otherBuyer({ table: 'public.humans' }), rebuilt],
    ['less of what it embeds', otherBuyer({ embeds: {} }), rebuilt],
    ['a collection', { collect: { lines: 'order-lines' } }, [['collections', 'changed', 'none']]],
    ['lazy', { mode: 'lazy' }, [['mode', 'changed', 'none']]],
    [
      'lazy with items that end',
      { mode: 'lazy', ttlSeconds: 86_400 },
      [
        ['mode', 'changed', 'none'],
        ['ttlSeconds', 'added', 'none'],
      ],
    ],
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

  it('says why what is embedded cannot change in place, and what to load first', () => {
    const meaningOf = (change: Partial<ViewDescription>) => changed(change)[0]?.changes[0]?.meaning;
    expect(meaningOf(otherBuyer({ shards: 3 }))).toBe(
      'Not in place, as references lie in other partitions, where rows that are embedded do not look for them: give the partition key another first word than "o1".',
    );
    expect(meaningOf(otherBuyer({ embeds: { manager: { ...managerBefore!, attributes: {} } } }))).toContain(
      'as base items hold what the rows in between embedded',
    );
    const payer = { ...buyerBefore, embeds: { manager: { ...managerBefore!, table: 'public.managers' } } };
    expect(meaningOf({ embeds: { ...BEFORE.embeds, payer } })).toContain('rows of public.managers, public.people are');
    expect(meaningOf({ key: { pk: ['o2', '{id}'], sk: ['X'] } })).toContain('Items, and what is stored of the rows');
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

  it('warns of items that end although their view is eager now', () => {
    const ending = { ...BEFORE, mode: 'lazy', ttlSeconds: 86_400 };
    expect(planViews([ending], [BEFORE])).toMatchObject([{ effect: PlanEffect.refill }]);
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
