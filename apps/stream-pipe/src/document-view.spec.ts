/** Items whose columns are members of one map, and items that are of no view at all. */
import { ProductRepriced } from '@hybridge/contracts';
import { products } from '@hybridge/definitions';
import { type Attributes, type Item, NULL, carryOut, decideRowChange, text } from '@hybridge/protocol';
import { createMemoryItemStore, item, rowChange, testContext } from '@hybridge/testkit';
import { Layout, column, createCatalog, projectRow, view, shapeOf } from '@hybridge/views';
import { classify } from './classify.ts';

const document = view('document', {
  table: products.table,
  key: { pk: ['d1', column('id')], sk: ['D'] },
  attributes: { id: 'id', sku: 'sku', price: 'list_price', weightKg: 'weight_kg' },
  layout: Layout.document,
  events: (on) => [
    on.changed(ProductRepriced, ['price'], ({ before, after }) => ({
      productId: String(after.id),
      sku: after.sku,
      price: after.price,
      ...(before === undefined ? {} : { previousPrice: before.price }),
    })),
  ],
});
const options = { catalog: createCatalog([document]), fits: () => true };
const key = { pk: 'd1#7', sk: 'D' };
const rowOf = (changes: Attributes): Attributes => ({
  id: { N: '7' },
  sku: text('S'),
  list_price: { N: '1' },
  weight_kg: NULL,
  ...changes,
});

async function recordOf(...rows: readonly Attributes[]) {
  const store = createMemoryItemStore();
  const context = testContext();
  let before: Item | undefined;
  for (const [i, row] of rows.entries()) {
    before = store.peek(key);
    const change = rowChange({ n: i + 1, key, columns: projectRow(document, row) ?? {}, shape: shapeOf(document) });
    await carryOut(store, key, (seen) => decideRowChange(change, 'eager', context, seen));
  }
  const after = store.peek(key) as Item;
  return { key, ...(before && { oldImage: before }), newImage: after, sequence: '1', at: 0, byTtl: false };
}

describe('a document view', () => {
  it('tells of the attributes that changed, by name', async () => {
    const { messages, failures } = classify(await recordOf(rowOf({}), rowOf({ list_price: { N: '2' } })), options);
    expect(failures).toEqual([]);
    expect(messages).toMatchObject([
      { detail: { data: { productId: '7', sku: 'S', price: '2', previousPrice: '1' } } },
    ]);
  });

  it('tells nothing of attributes that nobody asked for', async () => {
    const record = await recordOf(rowOf({}), rowOf({ weight_kg: { N: '2' } }));
    expect(classify(record, options).messages).toEqual([]);
  });
});

describe('a control item', () => {
  const control = { pk: 'C#parked', sk: 'x' };
  const image = item({ key: control });
  const base = { key: control, sequence: '1', at: 0, byTtl: false };

  it.each([
    ['comes', { ...base, newImage: image }],
    ['changes', { ...base, oldImage: image, newImage: image }],
    ['goes', { ...base, oldImage: image }],
  ])('means nothing to anybody when it %s', (_, record) => {
    expect(classify(record, options)).toEqual({ messages: [], failures: [] });
  });
});
