import type { ItemKey, Relation } from '@hybridge/protocol';
import type { Collected } from './collect.ts';
import { type ViewRelation, protocolRelations } from './embed.ts';
import { ViewError } from './errors.ts';
import { type TableIndex, tableIndexesOf } from './indexes.ts';
import { keyColumns, parseKey } from './key-template.ts';
import { type Row, decodeTextRow } from './row.ts';
import { type Source, inboxTableOf } from './source.ts';
import type { AnyTable } from './table.ts';
import { sharedIndexesProblem } from './valid-indexes.ts';
import type { AnyView } from './view.ts';

/** All views of an installation, found by name, by table and by item key. */
export interface Catalog {
  readonly views: readonly AnyView[];
  /** Hidden views of the rows that these embed: they have items as well, and nobody reads or changes those. */
  readonly bases: readonly AnyView[];
  /** Every relation of these views and of the hidden ones, by its id. */
  readonly relations: ReadonlyMap<string, Relation>;
  /** The sources of these views, each once. */
  readonly sources: readonly Source[];
  /** Every table some view needs, each once. */
  readonly tables: readonly AnyTable[];
  /** The indexes of these views that the view table must have, each once. */
  readonly indexes: readonly TableIndex[];
  /** Also a hidden one. @throws ViewError `HYBRIDGE_VIEW_UNKNOWN` naming the views there are */
  byName(name: string): AnyView;
  /** `schema.table` of the inbox of one of the sources. @throws ViewError `HYBRIDGE_VIEW_SOURCE_UNKNOWN` */
  inboxOf(source: string): string;
  /** Views of a table (`schema.table`) of a source, hidden ones too; empty for a table no view needs. */
  byTable(source: string, name: string): readonly AnyView[];
  /** The view an item belongs to, a hidden one too, and its key columns; undefined for items of no view. */
  byKey(key: ItemKey): { readonly view: AnyView; readonly row: Row } | undefined;
}

/** @throws ViewError when two views share a name, or could make the same key */
export function createCatalog(views: readonly AnyView[]): Catalog {
  const bases = views.flatMap(basesOf);
  const all = [...views, ...bases];
  assertDistinct(all);
  for (const view of views) assertCollected(view, views);
  const names = new Map(all.map((view) => [view.name, view]));
  const sources = sourcesOf(all);
  const inboxes = new Map(sources.map((source) => [source.name, inboxOf(source, all)]));
  const ofTables = groupByTable(all);
  return {
    views,
    bases,
    relations: new Map(all.flatMap(protocolRelations).map((relation) => [relation.id, relation])),
    sources,
    indexes: tableIndexesOf(views),
    tables: [...ofTables.values()].flatMap((tables) => [...tables.values()].map(([view]) => (view as AnyView).table)),
    byName: (name) => {
      const view = names.get(name);
      if (view !== undefined) return view;
      throw new ViewError(
        'HYBRIDGE_VIEW_UNKNOWN',
        `There is no view "${name}"; there are ${views.map((view) => view.name).join(', ')}.`,
      );
    },
    inboxOf: (source) => {
      const inbox = inboxes.get(source);
      if (inbox !== undefined) return inbox;
      throw new ViewError(
        'HYBRIDGE_VIEW_SOURCE_UNKNOWN',
        `There is no source "${source}"; there are ${[...inboxes.keys()].join(', ')}.`,
      );
    },
    byTable: (source, name) => ofTables.get(source)?.get(name) ?? [],
    byKey: (key) => {
      for (const view of all) {
        const texts = parseKey(view.key, key);
        if (texts !== undefined) return { view, row: decodeTextRow(view.table, keyColumns(view.key), texts) };
      }
      return undefined;
    },
  };
}

/** The hidden views of what a view embeds, and of what those embed: each before those that it embeds itself. */
export const basesOf = (view: AnyView): readonly AnyView[] =>
  (view.relations as readonly ViewRelation[]).flatMap(({ base }) => [base, ...basesOf(base)]);

/** Some views of a catalog as a catalog of their own; what they collect of the others is left out. */
export function partOf({ views }: Catalog, keep: (view: AnyView) => boolean): Catalog {
  const kept = views.filter(keep);
  const names = new Set(kept.map(({ name }) => name));
  return createCatalog(
    kept.map((view) => {
      const collected = Object.entries(view.collect as Collected);
      const left = collected.filter(([, child]) => names.has(child.name));
      return left.length === collected.length ? view : { ...view, collect: Object.fromEntries(left) };
    }),
  );
}

function assertCollected(view: AnyView, views: readonly AnyView[]): void {
  for (const [name, child] of Object.entries(view.collect as Collected)) {
    if (!views.some((other) => other.name === child.name)) {
      fail(`Collection ${name} of view ${view.name} holds ${child.name}, which is not in the catalog; add it.`);
    }
  }
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
  const problem = sharedIndexesProblem(views);
  if (problem !== undefined) fail(problem);
}

/** By source, then by table: two sources may have tables of one name. */
function groupByTable(views: readonly AnyView[]): ReadonlyMap<string, ReadonlyMap<string, readonly AnyView[]>> {
  const groups = new Map<string, Map<string, AnyView[]>>();
  for (const view of views) {
    const { source, name }: AnyTable = view.table;
    const tables = groups.get(source.name) ?? new Map<string, AnyView[]>();
    groups.set(source.name, tables.set(name, [...(tables.get(name) ?? []), view]));
  }
  return groups;
}

/** Sources may be defined anew in several files, as long as they are the same. */
function sourcesOf(views: readonly AnyView[]): readonly Source[] {
  const sources = new Map<string, Source>();
  for (const { table } of views) {
    const { name, kind, inboxSchema }: Source = table.source;
    const known = sources.get(name) ?? table.source;
    if (known.kind !== kind || known.inboxSchema !== inboxSchema) fail(`Source ${name} is defined twice, differently.`);
    sources.set(name, known);
  }
  return [...sources.values()];
}

const inboxOf = (source: Source, views: readonly AnyView[]): string =>
  inboxTableOf(
    source,
    views.filter(({ table }) => table.source.name === source.name).map(({ table }) => table.schema),
  );

/** Two templates of one shape could render the same key. */
const shapeOf = (view: AnyView): string =>
  [...view.key.pk, '|', ...view.key.sk].map((part) => (typeof part === 'string' ? part : '*')).join('#');

function fail(message: string): never {
  throw new ViewError('HYBRIDGE_VIEW_DEFINITION_INVALID', message);
}
