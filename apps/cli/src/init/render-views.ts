import { kebabCase, sourceConstant, typeName, unique } from './names.ts';
import type { InitPlan, PlannedView } from './plan.ts';
import { collectField, embedField, embeddedTables } from './render-embeds.ts';
import { type SourceFile, type TablePaths, renderTables, rowType } from './render-tables.ts';
import {
  comment,
  docComment,
  fieldName,
  fileText,
  importOf,
  indexesField,
  keyField,
  literal,
  typeExportOf,
} from './source-text.ts';

/** Every file of the definitions, in order of path. */
export function renderDefinitions(plan: InitPlan): readonly SourceFile[] {
  const tables = plan.sources.map((source) =>
    renderTables(
      source,
      plan.views.filter(({ table }) => table.source === source.name),
    ),
  );
  const paths: TablePaths = new Map(tables.flatMap((one) => [...one.paths]));
  const files = [
    { path: 'sources.ts', text: sourcesFile(plan) },
    ...tables.flatMap((one) => one.files),
    ...plan.views.map((view) => ({ path: viewPath(view), text: viewFile(view, paths) })),
    { path: 'catalog.ts', text: catalogFile(plan.views) },
    { path: 'index.ts', text: indexFile(plan.views, paths) },
  ];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const viewPath = ({ name }: PlannedView): string => `views/${kebabCase(name)}.ts`;

const sourcesFile = ({ sources }: InitPlan): string =>
  fileText([
    importOf(['source'], '@hybridge/views'),
    ...sources.flatMap(({ name, kind, inboxSchema }) => {
      const more = inboxSchema === undefined ? '' : `, { inboxSchema: ${literal(inboxSchema)} }`;
      return ['', `export const ${sourceConstant(name)} = source(${literal(name)}, ${literal(kind)}${more});`];
    }),
  ]);

function viewFile(view: PlannedView, paths: TablePaths): string {
  const { name, key, attributes, embeds, collections, index, isDocument, notes } = view;
  const tables = tableConstants(view);
  return fileText([
    importOf(
      [
        'type DocumentIn',
        ...(index === undefined ? [] : ['attribute']),
        'column',
        ...(embeds.length === 0 ? [] : ['embed']),
        'view',
      ],
      '@hybridge/views',
    ),
    ...tableImports(tables, paths),
    ...collections.map((one) => importOf([one.view], `./${kebabCase(one.view)}.ts`)).sort(),
    '',
    ...docComment(describe(view)),
    `export const ${name} = view(${literal(name)}, {`,
    '  table,',
    keyField(key.pk, key.sk),
    ...(isDocument ? ["  layout: 'document', // DynamoDB takes no expression that names so many attributes"] : []),
    '  attributes: {',
    ...attributes.map(([attribute, column]) => `    ${fieldName(attribute)}: ${literal(column)},`),
    '  },',
    ...embedField(embeds, (of) => tables.get(of) as string),
    ...collectField(collections),
    ...(index === undefined ? [] : indexesField(index)),
    ...notes.flatMap((note) => comment(note, '  ')),
    '});',
    '',
    `export type ${documentType(view)} = DocumentIn<typeof ${name}>;`,
  ]);
}

const documentType = ({ entity }: PlannedView): string => `${typeName(entity)}Document`;

/** What each table is called in the file of a view, by view: its own, and those of the rows it embeds. */
function tableConstants({ name, embeds, collections }: PlannedView): ReadonlyMap<string, string> {
  const taken = new Set([name, ...collections.map(({ view }) => view)].map((one) => one.toLowerCase()));
  const others = embeddedTables(embeds).filter((one) => one !== name);
  return new Map([[name, 'table'], ...others.map((one) => [one, unique(`${one}Table`, taken)] as const)]);
}

/** One import for each file of tables. */
function tableImports(tables: ReadonlyMap<string, string>, paths: TablePaths): readonly string[] {
  const files = new Map<string, string[]>();
  for (const [name, constant] of [...tables].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const path = paths.get(name) as string;
    files.set(path, [...(files.get(path) ?? []), `${name} as ${constant}`]);
  }
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, names]) => importOf(names, path));
}

/** What the database says of the table, and where its items are. */
function describe({ table, parent }: PlannedView): string | undefined {
  const { comment: title } = table.relation;
  const sentences = [
    ...(title === undefined ? [] : [title.replace(/([^.!?])$/, '$1.')]),
    ...(parent === undefined ? [] : [`In the item collection of ${parent}: its primary key begins with theirs.`]),
  ];
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

const catalogFile = (views: readonly PlannedView[]): string =>
  fileText([
    importOf(['createCatalog'], '@hybridge/views'),
    ...byPath(views).map((view) => importOf([view.name], `./${viewPath(view)}`)),
    '',
    ...docComment('Every view of this installation.'),
    ...catalogLines(views.map(({ name }) => name)),
  ]);

function catalogLines(names: readonly string[]): readonly string[] {
  const flat = `export const catalog = createCatalog([${names.join(', ')}]);`;
  if (flat.length <= 120) return [flat];
  return ['export const catalog = createCatalog([', ...names.map((name) => `  ${name},`), ']);'];
}

const indexFile = (views: readonly PlannedView[], paths: TablePaths): string => {
  const files = [...new Set(views.map(({ name }) => paths.get(name) as string))].sort();
  const rowsIn = (path: string): readonly string[] =>
    views.filter(({ name }) => paths.get(name) === path).map((view) => rowType(view));
  return fileText([
    "export { catalog } from './catalog.ts';",
    ...files.map((path) => typeExportOf(rowsIn(path).toSorted(), path.replace(/^\.\./, '.'))),
    ...byPath(views).map((view) => `export { type ${documentType(view)}, ${view.name} } from './${viewPath(view)}';`),
  ]);
};

const byPath = (views: readonly PlannedView[]): readonly PlannedView[] =>
  [...views].sort((a, b) => (viewPath(a) < viewPath(b) ? -1 : 1));
