import type { AnyView, Catalog, ChangeRules, SideTarget } from '@hybridge/views';

/** A table that the roles need rights in, and why. */
export interface UsedTable {
  /** `schema.table` */
  readonly name: string;
  /** Views of the table; none of a table that is only written besides. */
  readonly views: readonly AnyView[];
  /** What changes of other rows write in it. */
  readonly targets: readonly SideTarget[];
}

/** The tables of the views of a source, those that they embed, and those that customers' changes write besides. */
export function usedTables(catalog: Catalog, source: string | undefined): readonly UsedTable[] {
  const all = [...catalog.views, ...catalog.bases];
  const views = all.filter(({ table }) => source === undefined || table.source.name === source);
  const targets = views.flatMap(({ changes }) => (changes as ChangeRules).also?.to ?? []);
  const names = [...new Set([...views, ...targets].map(({ table }) => table.name as string))];
  return names.map((name) => ({
    name,
    views: views.filter(({ table }) => table.name === name),
    targets: targets.filter(({ table }) => table.name === name),
  }));
}
