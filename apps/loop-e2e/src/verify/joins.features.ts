/** What a comparison finds of joins, and what a repair makes of it; run in memory and on the real thing. */
import {
  type AttributeValue,
  type Item,
  type ItemKey,
  ItemState,
  JoinMeta,
  Meta,
  anchorKey,
  baseKeyOf,
  baseVersionOf,
  entriesOf,
  fragmentMeta,
  heldOf,
  jobKey,
  map,
  raiseJobWrite,
  referenceKey,
  scalarOf,
  stateOf,
  text,
} from '@hybridge/protocol';
import { keyRowFrom } from '@hybridge/verify';
import { type ViewRelation, createCatalog, toDocument } from '@hybridge/views';
import { type JoinBackend, type JoinLab, createJoinLab, differencesOf } from './join-lab.ts';
import { bareLines, brandBase, lines, parcelLines, productBase, productsTable } from './joined-views.ts';

const line = (id: number): ItemKey => ({ pk: `l1#LINE#${id}`, sk: 'LINE' });
const parcelLine = (parcel: number, id: number): ItemKey => ({ pk: `k1#PARCEL#${parcel}`, sk: `LINE#${id}` });
const anchorOf = (id: number): ItemKey => anchorKey('k1.parcel-lines', String(id));
const product = (id: number): ItemKey => baseKeyOf(`A#l1.lines.product#${id}`);
const brand = (id: number): ItemKey => baseKeyOf(`A#l1.lines.product.brand#${id}`);
const [productOfLines] = lines.relations as readonly [ViewRelation];
const reference = (parent: number, id: number): ItemKey =>
  referenceKey(product(parent).pk, productOfLines.relation, line(id));

const withFragment =
  (value: AttributeValue, version?: string) =>
  (item: Item): Item => ({
    ...item,
    product: value,
    ...(version !== undefined && {
      [fragmentMeta('product')]: map({ k: text(heldOf(item, 'product')?.parent ?? ''), v: text(version) }),
    }),
  });

const fragment = (sku: string, brandName = 'Acme'): AttributeValue =>
  map({ sku: text(sku), brand: map({ name: text(brandName) }) });

const without =
  (...names: readonly string[]) =>
  (item: Item): Item =>
    Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)));

/** @param open a source and a view table, empty after `clear` */
export function joinFeatures(open: () => JoinBackend): void {
  let lab: JoinLab;
  const itemAt = async (key: ItemKey): Promise<Item> => (await lab.store.get(key)) ?? {};
  const shown = async (id: number) => toDocument(lines, await itemAt(line(id)));

  beforeEach(async () => {
    const backend = open();
    await backend.clear();
    lab = createJoinLab(backend);
    await lab.row('brand', { id: '1', title: 'Acme' });
    await lab.row('product', { id: '7', sku: 'A-7', brand_id: '1' });
    await lab.row('product', { id: '8', sku: 'A-8', brand_id: null });
    for (const [id, parcel] of [
      [1, '70'],
      [2, '70'],
      [3, null],
    ] as const) {
      await lab.row('line', { id: String(id), product_id: '7', parcel_id: parcel, note: `n${id}` });
    }
    await lab.row('line', { id: '4', product_id: null, parcel_id: '71', note: 'n4' });
  });

  /** Breaks, is found, is repaired, and nothing is left. */
  async function finds(expected: readonly string[]): Promise<void> {
    expect(differencesOf(await lab.compare())).toEqual(expected);
    await lab.repairAll();
    expect(differencesOf(await lab.compare())).toEqual([]);
    expect(await shown(1)).toEqual({ note: 'n1', product: { sku: 'A-7', brand: { name: 'Acme' } } });
  }

  it('finds nothing where everything is as it should be', async () => {
    const comparisons = await lab.compare();
    expect(differencesOf(comparisons)).toEqual([]);
    expect(comparisons.map(({ view, counts }) => [view, counts.matched])).toEqual([
      ['lines', 4],
      ['parcel-lines', 4],
      ['lines.product', 2],
      ['lines.product.brand', 1],
      ['parcel-lines.product', 2],
    ]);
    await finds([]);
  });

  it.each<[string, (item: Item) => Item]>([
    ['another value under the same version', withFragment(fragment('X'))],
    ['an older value, of a fan-out that was lost', withFragment(fragment('old'), '0')],
    ['a version that the row never had', withFragment(fragment('X'), '~')],
    ['the right value under a version that the row never had', withFragment(fragment('A-7'), '~')],
    ['no value', withFragment({ NULL: true })],
    [
      'the fragment of another row',
      (item) => ({
        ...item,
        [fragmentMeta('product')]: map({ k: text(product(8).pk), v: text(heldOf(item, 'product')?.version ?? '') }),
      }),
    ],
    ['nothing of it, as an item written before the view embedded', without('product', fragmentMeta('product'))],
  ])('finds an item that embeds %s', async (_, change) => {
    await lab.change(line(1), change);
    await finds(['lines fragment-stale 1']);
  });

  it('finds an item that would not be told, and which is told again once it is repaired', async () => {
    await lab.remove(reference(7, 2));
    await finds(['lines reference-missing 1']);
    await lab.row('product', { id: '7', sku: 'A-77', brand_id: '1' });
    expect(await shown(2)).toMatchObject({ product: { sku: 'A-77' } });
    expect(differencesOf(await lab.compare())).toEqual([]);
  });

  it('finds a wrong base item, and mends the items that had taken over what is wrong', async () => {
    await lab.change(product(7), (item) => ({ ...item, sku: text('X') }));
    for (const id of [1, 2]) await lab.change(line(id), withFragment(fragment('X')));
    expect(differencesOf(await lab.compare())).toEqual(['lines fragment-stale 1', 'lines.product stale 1']);
    await lab.change(line(3), withFragment(fragment('X')));
    await finds(['lines.product stale 1']);
    expect(await shown(3)).toMatchObject({ product: { sku: 'A-7' } });
  });

  it('tells how many items it brought in line with a base item', async () => {
    await lab.change(product(7), (item) => ({ ...item, sku: text('X') }));
    for (const id of [1, 2]) await lab.change(line(id), withFragment(fragment('X')));
    expect(await lab.repair(productBase, keyRowFrom(productBase, ['7']))).toMatchObject({ outcome: 'filled', told: 2 });
    expect(differencesOf(await lab.compare())).toEqual([]);
  });

  it('tells of a row that is gone in SQL, whose deletion never came', async () => {
    await lab.sql(productsTable, '7', undefined);
    expect(differencesOf(await lab.compare())).toEqual(['lines.product extra 1', 'parcel-lines.product extra 1']);
    await lab.repairAll();
    expect(differencesOf(await lab.compare())).toEqual([]);
    for (const id of [1, 2, 3]) expect(await shown(id)).toMatchObject({ product: null });
    await lab.remove(product(7)); // as its tombstone expires
    expect(differencesOf(await lab.compare())).toEqual([]);
  });

  it('mends two rows in a line', async () => {
    await lab.change(brand(1), (item) => ({ ...item, name: text('X') }));
    await lab.change(product(7), (item) => ({ ...item, brand: map({ name: text('X') }) }));
    for (const id of [1, 2, 3]) await lab.change(line(id), withFragment(fragment('A-7', 'X')));
    await finds(['lines.product.brand stale 1']);
  });

  it.each<[string, () => Promise<void>, readonly string[]]>([
    ['a base item that is gone', () => lab.remove(product(7)), ['lines fragment-stale 3', 'lines.product missing 1']],
    [
      'a base item of no row, and those that embed it',
      async () => {
        await lab.change(product(7), (item) => ({ ...item, pk: text(product(9).pk) }));
      },
      ['lines.product extra 1'],
    ],
  ])('finds %s', async (_, breakIt, expected) => {
    await breakIt();
    await finds(expected);
  });

  it('loads everything that a view needs which embeds by now and did not before', async () => {
    for (const key of [product(7), product(8), brand(1)]) await lab.remove(key);
    for (const id of [1, 2, 3]) await lab.remove(reference(7, id));
    for (const id of [1, 2, 3, 4]) await lab.change(line(id), without('product', fragmentMeta('product')));
    expect(differencesOf(await lab.compare(createCatalog([bareLines])))).toEqual([]);
    await finds(['lines fragment-stale 4', 'lines.product missing 2', 'lines.product.brand missing 1']);
    await lab.row('brand', { id: '1', title: 'Zenith' });
    expect(await shown(3)).toMatchObject({ product: { brand: { name: 'Zenith' } } });
  });

  it('takes what a fan-out job has still to tell for no difference', async () => {
    const held = heldOf(await itemAt(line(1)), 'product')?.version ?? '';
    await lab.change(line(1), withFragment(fragment('old'), '0'));
    await lab.store.write(raiseJobWrite(product(7).pk, baseVersionOf(await itemAt(product(7))), Date.now()));
    const comparisons = await lab.compare();
    expect(differencesOf(comparisons)).toEqual([]);
    expect(comparisons.find(({ view }) => view === 'lines')?.counts).toMatchObject({ matched: 3, 'fan-out': 1 });
    await lab.change(line(1), withFragment(fragment('newer'), `${held}~`));
    expect(differencesOf(await lab.compare())).toEqual(['lines fragment-stale 1']);
    await lab.change(line(1), withFragment(fragment('old'), '0'));
    await lab.remove(jobKey(product(7).pk));
    await finds(['lines fragment-stale 1']);
  });

  it('leaves items alone that keep what they have while their parent is quarantined', async () => {
    await lab.change(product(7), (item) => ({
      ...without('sku', 'brand', fragmentMeta('brand'))(item),
      [Meta.state]: text(ItemState.quarantined),
    }));
    const comparisons = await lab.compare();
    expect(differencesOf(comparisons)).toEqual([]);
    expect(comparisons.find(({ view }) => view === 'lines.product')?.counts.quarantined).toBe(1);
  });

  describe('of items that move', () => {
    const placed = async (id: number) => scalarOf(entriesOf((await itemAt(anchorOf(id)))[JoinMeta.place])['pk']);
    const copyTo = async (from: ItemKey, to: ItemKey) =>
      lab.put({ ...(await itemAt(from)), pk: text(to.pk), sk: text(to.sk) });

    it('finds an item where its row does not lie, and one of a row without a place', async () => {
      await copyTo(parcelLine(70, 1), parcelLine(99, 1));
      await copyTo(parcelLine(70, 1), parcelLine(98, 3));
      await finds(['parcel-lines placement-orphan 2']);
      for (const key of [parcelLine(99, 1), parcelLine(98, 3)]) {
        expect(stateOf(await itemAt(key))).toBe(ItemState.tombstone);
      }
      expect(stateOf(await itemAt(parcelLine(70, 1)))).toBe(ItemState.live);
    });

    it('finds an item that its row left behind, where the anchor names it still', async () => {
      await copyTo(parcelLine(70, 1), parcelLine(99, 1));
      await lab.change(anchorOf(1), (item) => ({ ...item, [JoinMeta.place]: placeValue(parcelLine(99, 1)) }));
      await finds(['parcel-lines placement-orphan 1', 'parcel-lines anchor-stale 1']);
      expect(await placed(1)).toBe(parcelLine(70, 1).pk);
      await lab.row('line', { id: '1', product_id: '7', parcel_id: '72', note: 'n1' });
      expect(differencesOf(await lab.compare())).toEqual([]);
      expect(stateOf(await itemAt(parcelLine(70, 1)))).toBe(ItemState.tombstone);
    });

    it('repairs every place that may hold a row, whichever names it', async () => {
      await copyTo(parcelLine(70, 1), parcelLine(99, 1));
      await lab.change(anchorOf(1), (item) => ({ ...item, [JoinMeta.place]: placeValue(parcelLine(99, 1)) }));
      await lab.repair(parcelLines, keyRowFrom(parcelLines, ['1']));
      expect(differencesOf(await lab.compare())).toEqual([]);
      expect(stateOf(await itemAt(parcelLine(99, 1)))).toBe(ItemState.tombstone);
    });

    it.each<[string, (key: ItemKey) => Promise<void>]>([
      ['gone', (key) => lab.remove(key)],
      [
        'at a place where nothing is',
        (key) => lab.change(key, (item) => ({ ...item, [JoinMeta.place]: placeValue(parcelLine(99, 2)) })),
      ],
      ['naming none', (key) => lab.change(key, (item) => ({ ...item, [JoinMeta.place]: map({}) }))],
    ])('finds an anchor that is wrong: %s', async (_, breakIt) => {
      await breakIt(anchorOf(2));
      await finds(['parcel-lines anchor-stale 1']);
      expect(await placed(2)).toBe(parcelLine(70, 2).pk);
    });

    it('finds an anchor that names a place of a row that has none', async () => {
      await lab.change(anchorOf(3), (item) => ({ ...item, [JoinMeta.place]: placeValue(parcelLine(70, 3)) }));
      await finds(['parcel-lines anchor-stale 1']);
    });

    it('finds a live item that is gone, a stale one, and one of a row that is gone', async () => {
      await lab.remove(parcelLine(70, 1));
      await lab.change(parcelLine(70, 2), (item) => ({ ...item, note: text('X') }));
      await copyTo(parcelLine(71, 4), parcelLine(71, 5));
      await finds(['parcel-lines stale 1', 'parcel-lines missing 1', 'parcel-lines extra 1']);
    });

    it('names the address of an item that should not be there, as explain and repair take it', async () => {
      await copyTo(parcelLine(70, 1), parcelLine(99, 1));
      const [found] = (await lab.compare()).flatMap(({ differences }) => differences);
      expect(found).toMatchObject({ class: 'placement-orphan', keyParts: ['99', '1'], key: parcelLine(99, 1) });
      const repair = await lab.repair(parcelLines, keyRowFrom(parcelLines, ['99', '1']));
      expect(repair).toMatchObject({ outcome: 'absent', key: parcelLine(99, 1) });
      expect(await lab.repair(parcelLines, keyRowFrom(parcelLines, ['1']))).toMatchObject({
        outcome: 'filled',
        key: parcelLine(70, 1),
      });
    });
  });

  it('looks behind those that are in line for some that are not', async () => {
    for (const id of [1, 2, 3]) await lab.change(line(id), withFragment(fragment('A-7', 'X')));
    expect(await lab.repair(brandBase, keyRowFrom(brandBase, ['1']))).toMatchObject({ outcome: 'filled', told: 3 });
    expect(differencesOf(await lab.compare())).toEqual([]);
  });

  it('brings nobody in line where only the base item was wrong', async () => {
    await lab.change(brand(1), (item) => ({ ...item, name: text('X') }));
    expect(await lab.repair(brandBase, keyRowFrom(brandBase, ['1']))).toMatchObject({ outcome: 'filled', told: 0 });
    expect(differencesOf(await lab.compare())).toEqual([]);
  });
}

const placeValue = ({ pk, sk }: ItemKey): AttributeValue => map({ pk: text(pk), sk: text(sk) });
