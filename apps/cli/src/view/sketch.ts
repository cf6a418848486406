import {
  type AttributeValue,
  type Attributes,
  FragmentMeta,
  JoinMeta,
  Meta,
  NULL,
  ZERO_VERSION,
  derivedColumns,
  fragmentMeta,
  map,
  referenceKey,
  text,
} from '@hybridge/protocol';
import { type AnyView, type Row, type ViewRelation, linksOf, placeOfRow, projectRow, shapeOf } from '@hybridge/views';

/** Rows of a view that were sampled; empty where its source was not asked. */
export type SampledRows = (view: AnyView) => readonly Row[];

/**
 * An item as a load would store it, but for the values of its metadata. What it embeds is that of some row of the sample.
 * @param i of the row in its sample
 * @returns undefined for a row without a place
 */
export function sketch(view: AnyView, row: Row, i: number, rowsOf: SampledRows): Attributes | undefined {
  const place = placeOfRow(view, row);
  if (place === undefined) return undefined;
  const meta = { [Meta.state]: text('L'), [Meta.version]: text(ZERO_VERSION), [Meta.nonce]: text('012345678901') };
  const provenance = { [Meta.transaction]: text('1234567'), [Meta.committedAt]: { N: '1700000000000' } };
  const { columns } = derivedColumns(shapeOf(view), projectRow(view, row) ?? {});
  const fragments = fragmentsOf(view, row, i, rowsOf);
  const content = view.isBase
    ? { [JoinMeta.contentVersion]: map({ v: text(ZERO_VERSION), c: text(ZERO_VERSION) }) }
    : {};
  return { pk: text(place.pk), sk: text(place.sk), ...columns, ...fragments, ...meta, ...provenance, ...content };
}

const relationsOf = (view: AnyView): readonly ViewRelation[] => view.relations;

function fragmentsOf(view: AnyView, row: Row, i: number, rowsOf: SampledRows): Attributes {
  const links = linksOf(view, row) ?? {};
  return Object.fromEntries(
    relationsOf(view).flatMap(({ name, base }) => {
      const parent = links[name] ?? '';
      const version = parent === '' ? '' : versionOf(base);
      const meta = map({ [FragmentMeta.key]: text(parent), [FragmentMeta.version]: text(version) });
      return [
        [fragmentMeta(name), meta],
        [name, parent === '' ? NULL : fragmentValue(base, i, rowsOf)],
      ];
    }),
  );
}

function fragmentValue(base: AnyView, i: number, rowsOf: SampledRows): AttributeValue {
  const rows = rowsOf(base);
  const row = rows[i % Math.max(1, rows.length)];
  if (row === undefined) return NULL;
  const nested = relationsOf(base).map(({ name, base: inner }) => [name, fragmentValue(inner, i, rowsOf)]);
  return map({ ...projectRow(base, row), ...Object.fromEntries(nested) });
}

/** A fragment's version has a part for each row that it is made of. */
const versionOf = (base: AnyView): string =>
  [ZERO_VERSION, ...relationsOf(base).map((relation) => versionOf(relation.base))].join('/');

/** References that the item of a row needs. */
export function referencesOf(view: AnyView, row: Row): readonly Attributes[] {
  const place = placeOfRow(view, row);
  const links = linksOf(view, row) ?? {};
  if (place === undefined) return [];
  return relationsOf(view).flatMap(({ name, relation }) => {
    const parent = links[name] ?? '';
    if (parent === '') return [];
    const { pk, sk } = referenceKey(parent, relation, place);
    return [{ pk: text(pk), sk: text(sk), [Meta.version]: text(ZERO_VERSION) }];
  });
}
