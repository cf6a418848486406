import type { ItemKey } from '@hybridge/protocol';
import { ViewError } from './errors.ts';
import { keyColumns, parseKey } from './key-template.ts';
import { type Row, decodeTextRow } from './row.ts';
import type { AnyTable } from './table.ts';
import type { AnyView } from './view.ts';

/** All views of an installation, found by name, by table and by item key. */
export interface Catalog {
  readonly views: readonly AnyView[];
  /** Every table some view needs, each once. */
  readonly tables: readonly AnyTable[];
  /** @throws ViewError `HYBRIDGE_VIEW_UNKNOWN` naming the views there are */
  byName(name: string): AnyView;
  /** Views of a table (`schema.table`); empty for a table no view needs. */
  byTable(name: string): readonly AnyView[];
  /** The view an item belongs to, and its key columns; undefined for items of no view. */
  byKey(key: ItemKey): { readonly view: AnyView; readonly row: Row } | undefined;
}

/** @throws ViewError when two views share a name, or could make the same key */
export function createCatalog(views: readonly AnyView[]): Catalog {
  assertDistinct(views);
  const names = new Map(views.map((view) => [view.name, view]));
  const tables = new Map(views.map((view) => [view.table.name, view.table as AnyTable]));
  const ofTable = new Map([...tables.keys()].map((name) => [name, views.filter((view) => view.table.name === name)]));
  return {
    views,
    tables: [...tables.values()],
    byName: (name) => {
      const view = names.get(name);
      if (view !== undefined) return view;
      throw new ViewError(
        'HYBRIDGE_VIEW_UNKNOWN',
        `There is no view "${name}"; there are ${[...names.keys()].join(', ')}.`,
      );
    },
    byTable: (name) => ofTable.get(name) ?? [],
    byKey: (key) => {
      for (const view of views) {
        const texts = parseKey(view.key, key);
        if (texts !== undefined) return { view, row: decodeTextRow(view.table, keyColumns(view.key), texts) };
      }
      return undefined;
    },
  };
}

function assertDistinct(views: readonly AnyView[]): void {
  const shapes = new Map<string, string>();
  const names = new Set<string>();
  for (const view of views) {
    if (names.has(view.name)) fail(`Two views are named ${view.name}.`);
    names.add(view.name);
    const shape = shapeOf(view);
    const twin = shapes.get(shape);
    if (twin !== undefined) fail(`Views ${twin} and ${view.name} make the same keys; give one another prefix.`);
    shapes.set(shape, view.name);
  }
}

/** Two templates of one shape could render the same key. */
const shapeOf = (view: AnyView): string =>
  [...view.key.pk, '|', ...view.key.sk].map((part) => (typeof part === 'string' ? part : '*')).join('#');

function fail(message: string): never {
  throw new ViewError('HYBRIDGE_VIEW_DEFINITION_INVALID', message);
}
