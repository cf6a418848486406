import type { AttributeValue, Attributes, DerivedColumns, ItemShape } from '@hybridge/protocol';
import { OnFailure, withComputed } from './computed.ts';
import { type ViewIndex, indexAttributeNames, indexAttributesOf, indexesOf } from './indexes.ts';
import { Layout, itemColumnsOf, packColumns, unpackColumns } from './layout.ts';
import { plainOfAttribute } from './row.ts';
import type { AnyView } from './view.ts';

const shapes = new WeakMap<AnyView, ItemShape>();

/** What the protocol has to know of the items of a view. */
export function shapeOf(view: AnyView): ItemShape {
  const known = shapes.get(view);
  if (known !== undefined) return known;
  const shape = makeShape(view);
  shapes.set(view, shape);
  return shape;
}

function makeShape(view: AnyView): ItemShape {
  const computed = Object.keys(view.computed);
  const ofIndexes = indexAttributeNames(view);
  const names = [...itemColumnsOf(view.layout, view.documentNames), ...ofIndexes];
  const ends = view.ttlSeconds === undefined ? {} : { idleMs: view.ttlSeconds * 1000 };
  if (computed.length === 0 && ofIndexes.length === 0) return { names, ...ends };
  const derived = view.layout === Layout.document ? ofIndexes : [...computed, ...ofIndexes];
  return { names, ...ends, derived: { names: derived, of: (columns) => derive(view, columns) } };
}

/**
 * Computed attributes and keys of indexes for own columns. What needs a column that is not given is left alone: an update
 * that leaves columns out either has all of its sources, or changed none of them (`ChangeDecoder`).
 */
function derive(view: AnyView, columns: Attributes): DerivedColumns {
  const values = withComputed(view, unpackColumns(view, columns), OnFailure.showNull, plainOfAttribute(view));
  const set: Record<string, AttributeValue> = { ...packColumns(view, values) };
  const remove: string[] = [];
  for (const index of indexesOf(view)) {
    if (!isComputable(index, values)) continue;
    const keys = indexAttributesOf(view, index, values);
    Object.assign(set, keys);
    if (keys[index.partitionKey] === undefined) remove.push(index.partitionKey, index.sortKey);
  }
  return { set, remove };
}

const isComputable = ({ sources }: ViewIndex, values: Attributes): boolean =>
  sources.every((name) => values[name] !== undefined);
