/** What must not compile. Checked by `tsc --build`; an expected error that does not come is an error itself. */
import { ProductRepriced } from '@hybridge/contracts';
import type { ComputedIn } from './computed.ts';
import { int4, int8, numeric } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { attribute } from './indexes.ts';
import { column } from './key-template.ts';
import { writes } from './side-writes.ts';
import { source } from './source.ts';
import { notNull, nullable, table } from './table.ts';
import { type DocumentOf, type View, view } from './view.ts';

const products = table({
  source: source('shop', 'postgres'),
  name: 'public.products',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), sku: notNull(text()), weight: nullable(numeric()), orders: notNull(int8()) },
});
const key = { pk: ['p1', column('id')], sk: ['P'] } as const;

table({
  source: source('shop', 'postgres'),
  name: 'public.t',
  // @ts-expect-error a primary key of a column that is not there
  primaryKey: ['nobody'],
  columns: { id: notNull(int4()) },
});

// @ts-expect-error an attribute of a column that is not there
view('wrong-column', { table: products, key, attributes: { name: 'title' } });

// @ts-expect-error a key part of a column that is not there
view('wrong-key', { table: products, key: { pk: ['p1', column('number')], sk: ['P'] }, attributes: { sku: 'sku' } });

// @ts-expect-error a change of an attribute that is not there
view('wrong-allow', { table: products, key, attributes: { sku: 'sku' }, changes: { allow: ['weight'] } });

// @ts-expect-error a policy that is not there
view('wrong-policy', { table: products, key, attributes: { sku: 'sku' }, changes: { policy: 'nobody-wins' } });

const moves = writes(products, { insert: ['sku'], update: ['weight'], delete: true });

view('changes', {
  table: products,
  key,
  attributes: { code: 'sku', weight: 'weight', orders: 'orders' },
  changes: {
    allow: ['weight'],
    // @ts-expect-error a policy for an attribute that is not there
    fields: { sku: 'sql-wins' },
    // @ts-expect-error a version that is not there
    version: 'revision',
    decide: ({ current, base, set }) => {
      const seen: string | null | undefined = base.weight;
      // @ts-expect-error an attribute that is not there
      const name = current.sku;
      return seen === name ? { reject: { code: 'SAME', message: '' } } : { apply: set };
    },
    also: {
      to: [moves],
      of: ({ before, after }) => [
        moves.insert({ sku: after?.code ?? before?.code ?? '' }),
        // @ts-expect-error a column that is not declared for inserts
        moves.insert({ weight: after?.weight }),
        // @ts-expect-error a value of another type
        moves.update({ id: 7 }, { weight: 12 }),
        // @ts-expect-error the row may not have been there before
        moves.delete({ id: before.orders }),
      ],
    },
  },
});

view('wrong-verdict', {
  table: products,
  key,
  attributes: { orders: 'orders' },
  // @ts-expect-error a value of another type
  changes: { decide: () => ({ apply: { orders: 7 } }) },
});

view('events', {
  table: products,
  key,
  attributes: { code: 'sku', weight: 'weight' },
  events: (on) => [
    // @ts-expect-error an event on an attribute that is not there
    on.changed(ProductRepriced, ['price'], () => ({ productId: '', sku: '', price: '' })),
    // @ts-expect-error data that does not fit the contract
    on.changed(ProductRepriced, ['code'], ({ after }) => ({ productId: after.code })),
    // @ts-expect-error a nullable attribute where the contract wants text
    on.changed(ProductRepriced, ['code'], ({ after }) => ({ productId: '', sku: '', price: after.weight })),
    // @ts-expect-error the row before may not be known
    on.changed(ProductRepriced, ['code'], ({ before }) => ({ productId: before.code, sku: '', price: '' })),
  ],
});

view('wrong-index', {
  table: products,
  key,
  attributes: { sku: 'sku' },
  // @ts-expect-error an index by an attribute that is not there
  indexes: { bySku: { pk: ['S'], sk: [attribute('weight')] } },
});

export const listed = view('indexes', {
  table: products,
  key,
  attributes: { code: 'sku', weight: 'weight' },
  indexes: {
    byCode: { pk: ['CODE', attribute('code')], sk: [attribute('weight')] },
    heavy: {
      pk: ['HEAVY'],
      sk: [attribute('weight')],
      where: (document) => {
        const weight: string | null = document.weight;
        // @ts-expect-error an attribute that is not there
        const sku = document.sku;
        return weight !== sku;
      },
    },
  },
});
export const indexNames: Equal<keyof (typeof listed)['indexes'], 'byCode' | 'heavy'> = true;
export const indexParts: Equal<
  (typeof listed)['indexes']['byCode']['pk'],
  readonly ['CODE', { readonly attribute: 'code' }]
> = true;
export const unlisted = view('no-indexes', { table: products, key, attributes: { code: 'sku' } });
export const noIndexes: Equal<keyof (typeof unlisted)['indexes'], never> = true;

type Document = DocumentOf<(typeof products)['columns'], { id: 'id'; weight: 'weight'; orders: 'orders' }>;
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export const documentType: Equal<
  Document,
  { readonly id: number; readonly weight: string | null; readonly orders: string }
> = true;

export const labelled = view('computed', {
  table: products,
  key,
  attributes: { code: 'sku', weight: 'weight' },
  computed: {
    label: { from: ['code'], type: text(), value: ({ code }) => code.toUpperCase() },
    grams: { from: ['weight'], type: nullable(numeric()), value: ({ weight }) => weight },
  },
  where: { from: ['orders', 'weight'], keep: ({ orders, weight }) => orders.length > 0 && weight !== null },
  access: { fields: { label: { read: ['public'] } } },
  indexes: { byLabel: { pk: ['LABEL', attribute('label')], sk: ['P'], where: ({ grams }) => grams !== null } },
  events: (on) => [
    on.changed(ProductRepriced, ['label'], ({ after }) => ({ productId: after.label, sku: '', price: '' })),
  ],
});
type LabelledDocument =
  typeof labelled extends View<infer C, infer A> ? DocumentOf<C, A, ComputedIn<typeof labelled>> : never;
export const labelledType: Equal<
  LabelledDocument,
  { readonly code: string; readonly weight: string | null; readonly label: string; readonly grams: string | null }
> = true;

view('wrong-source', {
  table: products,
  key,
  attributes: { code: 'sku' },
  // @ts-expect-error computed from an attribute that is not there
  computed: { label: { from: ['weight'], type: text(), value: () => '' } },
});

view('wrong-computed', {
  table: products,
  key,
  attributes: { code: 'sku', weight: 'weight' },
  computed: {
    // @ts-expect-error an attribute that is not among its sources
    label: { from: ['code'], type: text(), value: ({ weight }) => String(weight) },
    // @ts-expect-error a value of another type
    size: { from: ['code'], type: int4(), value: ({ code }) => code },
    // @ts-expect-error NULL, which its type does not have
    grams: { from: ['weight'], type: numeric(), value: ({ weight }) => weight },
  },
});

view('wrong-change', {
  table: products,
  key,
  attributes: { code: 'sku' },
  computed: { label: { from: ['code'], type: text(), value: ({ code }) => code } },
  // @ts-expect-error nobody sets a computed attribute
  changes: { allow: ['label'] },
});

view('wrong-where', {
  table: products,
  key,
  attributes: { code: 'sku' },
  // @ts-expect-error a column that is not among those it looks at
  where: { from: ['orders'], keep: ({ weight }) => weight !== null },
});

view('wrong-computed-event', {
  table: products,
  key,
  attributes: { weight: 'weight' },
  computed: { grams: { from: ['weight'], type: nullable(numeric()), value: ({ weight }) => weight } },
  events: (on) => [
    // @ts-expect-error an attribute that may be null
    on.changed(ProductRepriced, ['grams'], ({ after }) => ({ productId: after.grams, sku: '', price: '' })),
  ],
});

view('wrong-index-of-computed', {
  table: products,
  key,
  attributes: { code: 'sku' },
  computed: { label: { from: ['code'], type: text(), value: ({ code }) => code } },
  // @ts-expect-error an attribute that is neither there nor computed
  indexes: { byTitle: { pk: ['TITLE', attribute('title')], sk: ['P'] } },
});

view('wrong-owner', {
  table: products,
  key,
  attributes: { code: 'sku' },
  // @ts-expect-error an owner by an attribute that is not there
  access: { owner: { attribute: 'customer' } },
});
