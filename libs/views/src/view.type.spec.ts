/** What must not compile. Checked by `tsc --build`; an expected error that does not come is an error itself. */
import { ProductRepriced } from '@hybridge/contracts';
import { int4, int8, numeric } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { column } from './key-template.ts';
import { writes } from './side-writes.ts';
import { notNull, nullable, table } from './table.ts';
import { type DocumentOf, view } from './view.ts';

const products = table({
  source: 'shop',
  name: 'public.products',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), sku: notNull(text()), weight: nullable(numeric()), orders: notNull(int8()) },
});
const key = { pk: ['p1', column('id')], sk: ['P'] } as const;

// @ts-expect-error a primary key of a column that is not there
table({ source: 'shop', name: 'public.t', primaryKey: ['nobody'], columns: { id: notNull(int4()) } });

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

type Document = DocumentOf<(typeof products)['columns'], { id: 'id'; weight: 'weight'; orders: 'orders' }>;
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export const documentType: Equal<
  Document,
  { readonly id: number; readonly weight: string | null; readonly orders: string }
> = true;
