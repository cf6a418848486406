/** What must not compile. Checked by `tsc --build`; an expected error that does not come is an error itself. */
import { ProductRepriced } from '@hybridge/contracts';
import { int4, int8, numeric } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { column } from './key-template.ts';
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
