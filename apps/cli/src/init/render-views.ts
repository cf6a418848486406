import { inWords, kebabCase, sourceConstant } from './names.ts';
import type { InitPlan, PlannedView } from './plan.ts';
import { type SourceFile, type TablePaths, renderTables } from './render-tables.ts';
import { comment, docComment, fieldName, fileText, importOf, indexesField, keyField, literal } from './source-text.ts';

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
    ...plan.views.map((view) => ({ path: viewPath(view), text: viewFile(view, childrenOf(plan, view), paths) })),
    { path: 'catalog.ts', text: catalogFile(plan.views) },
    { path: 'index.ts', text: indexFile(plan.views) },
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

const childrenOf = ({ views }: InitPlan, { name }: PlannedView): readonly string[] =>
  views.filter(({ parent }) => parent === name).map((child) => child.name);

function viewFile(view: PlannedView, children: readonly string[], paths: TablePaths): string {
  const { name, key, attributes, index, isDocument, notes } = view;
  return fileText([
    importOf([...(index === undefined ? [] : ['attribute']), 'column', 'view'], '@hybridge/views'),
    importOf([`${name} as table`], paths.get(name) as string),
    '',
    ...docComment(describe(view, children)),
    `export const ${name} = view(${literal(name)}, {`,
    '  table,',
    keyField(key.pk, key.sk),
    ...(isDocument ? ["  layout: 'document', // DynamoDB takes no expression that names so many attributes"] : []),
    '  attributes: {',
    ...attributes.map(([attribute, column]) => `    ${fieldName(attribute)}: ${literal(column)},`),
    '  },',
    ...(index === undefined ? [] : indexesField(index)),
    ...notes.flatMap((note) => comment(note, '  ')),
    '});',
  ]);
}

/** What the database says of the table, and where its items are. */
function describe({ table, parent }: PlannedView, children: readonly string[]): string | undefined {
  const { comment: title } = table.relation;
  const sentences = [
    ...(title === undefined ? [] : [title.replace(/([^.!?])$/, '$1.')]),
    ...(parent === undefined ? [] : [`In the item collection of ${parent}: its primary key begins with theirs.`]),
    ...(children.length === 0 ? [] : [`Its item collection also holds ${inWords(children)}.`]),
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

const indexFile = (views: readonly PlannedView[]): string =>
  fileText([
    "export { catalog } from './catalog.ts';",
    ...byPath(views).map((view) => `export { ${view.name} } from './${viewPath(view)}';`),
  ]);

const byPath = (views: readonly PlannedView[]): readonly PlannedView[] =>
  [...views].sort((a, b) => (viewPath(a) < viewPath(b) ? -1 : 1));
