import { relationName } from '@hybridge/reader-schema';
import { kebabCase, sourceConstant, typeName } from './names.ts';
import type { FoundSource, PlannedTable, PlannedView } from './plan.ts';
import { MAX_LINES, comment, docComment, fieldName, fileText, importOf, list, literal } from './source-text.ts';

export interface SourceFile {
  /** Below the folder of the definitions, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Where a view's table is defined, from the folder of the views. */
export type TablePaths = ReadonlyMap<string, string>;

/** One file a source, or where that would be too long one a table. */
export function renderTables(
  source: Pick<FoundSource, 'name'>,
  views: readonly PlannedView[],
): { readonly files: readonly SourceFile[]; readonly paths: TablePaths } {
  const together = { path: `tables/${kebabCase(source.name)}.ts`, text: tableFile(source, views, '../sources.ts') };
  if (together.text.split('\n').length <= MAX_LINES) {
    return { files: [together], paths: new Map(views.map(({ name }) => [name, `../${together.path}`])) };
  }
  const folder = `tables/${kebabCase(source.name)}`;
  const files = views.map((view) => ({
    path: `${folder}/${kebabCase(view.name)}.ts`,
    text: tableFile(source, [view], '../../sources.ts'),
  }));
  return { files, paths: new Map(views.map(({ name }, i) => [name, `../${files[i]?.path}`])) };
}

function tableFile({ name }: Pick<FoundSource, 'name'>, views: readonly PlannedView[], sources: string): string {
  const codecs = views.flatMap(({ table }) => table.columns.map(({ codec }) => codec.imported));
  const nulls = views.flatMap(({ table }) => table.columns.map(({ nullable }) => (nullable ? 'nullable' : 'notNull')));
  const imported = ['type RowOf', ...[...new Set([...codecs, ...nulls, 'table'])].sort()];
  return fileText([
    importOf(imported, '@hybridge/views'),
    importOf([`${sourceConstant(name)} as source`], sources),
    ...views.flatMap((view) => ['', ...tableLines(view)]),
  ]);
}

/** What a row of a view's table is called as a type. */
export const rowType = ({ entity }: Pick<PlannedView, 'entity'>): string => `${typeName(entity)}Row`;

function tableLines({ name, entity, table }: PlannedView): readonly string[] {
  return [
    ...docComment(table.relation.comment),
    ...table.notes.flatMap((note) => comment(note, '')),
    `export const ${name} = table({`,
    '  source,',
    `  name: ${literal(relationName(table.relation))},`,
    list(table.primaryKey.map(literal), '  primaryKey: ', ','),
    '  columns: {',
    ...table.relation.columns.flatMap(({ name: columnName }) => columnLines(table, columnName)),
    '  },',
    '});',
    '',
    `export type ${rowType({ entity })} = RowOf<typeof ${name}>;`,
  ];
}

function columnLines({ columns, leftOut }: PlannedTable, name: string): readonly string[] {
  const column = columns.find((one) => one.name === name);
  if (column !== undefined) {
    const wrapper = column.nullable ? 'nullable' : 'notNull';
    return [`    ${fieldName(name)}: ${wrapper}(${column.codec.call}),`];
  }
  const lost = leftOut.find((one) => one.name === name);
  return comment(`${name} is left out: ${lost?.reason}.`, '    ');
}
