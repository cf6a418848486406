/** Which columns say where an item lies. */
import { type KeyTemplate, keyColumns } from './key-template.ts';
import type { AnyView } from './view.ts';

/** Columns of a view's key that are not of the primary key. */
export const placeColumns = ({ key, table }: Pick<AnyView, 'key' | 'table'>): readonly string[] =>
  keyColumns(key as KeyTemplate).filter((name) => !(table.primaryKey as readonly string[]).includes(name));

/** Columns that name an item: those of the primary key, or, where items move, all of the key template in its order. */
export const addressColumns = (view: AnyView): readonly string[] =>
  view.moves ? keyColumns(view.key as KeyTemplate) : view.table.primaryKey;
