import type { SchemaColumn } from '@hybridge/reader-schema';
import { SortKind, sortKindOf } from '@hybridge/views';
import { wordsOf } from './names.ts';
import type { PlannedTable } from './plan.ts';

/** As many columns of another row as a reader wants beside his own. */
const MAX_COLUMNS = 3;
/** Longer texts are something to read, and no name. Characters. */
const MAX_TEXT = 255;

/**
 * The columns that say to people what a row is: names; where it has none titles, then descriptions; and a code beside
 * them. Neither keys, which a reader has already, nor what is large, binary or of the machine. Empty where there is none.
 * @param entity what a row is called: `ORDER_DETAIL`
 * @param isLookup a list of names: whatever text it has is one
 */
export function describingColumns(table: PlannedTable, entity: string, isLookup: boolean): readonly string[] {
  const free = freeColumns(table)
    .map((column) => ({ column, words: ownWords(column.name, entity) }))
    .filter(({ words }) => !words.some((word) => TECHNICAL.has(word)));
  const texts = free.filter(({ column }) => isText(table, column));
  // Of a table of much more than names, a text without a limit may be of any size.
  const limited = isLookup ? texts : texts.filter(({ column }) => lengthOf(column) > 0);
  const found =
    [
      texts.filter(({ words }) => isName(words)),
      texts.filter(({ words }) => isTitle(words)),
      limited.filter(({ words }) => isDescription(words)),
      isLookup ? texts.filter(({ words }) => !isCode(words)) : [],
    ].find((tier) => tier.length > 0) ?? [];
  const code = free.find(({ column, words }) => isCode(words) && isShort(column) && isListable(table, column));
  const chosen = new Set([
    ...found.slice(0, code === undefined ? MAX_COLUMNS : MAX_COLUMNS - 1),
    ...(code ? [code] : []),
  ]);
  return free.flatMap((one) => (chosen.has(one) ? [one.column.name] : []));
}

/** A column's name as an attribute of a row of that kind: `name` for `product_name`, `companyName` for `company_name`. */
export const ownWords = (column: string, entity: string): readonly string[] => {
  const [words, own] = [wordsOf(column), wordsOf(entity)];
  const isPrefixed = words.length > own.length && own.every((word, i) => word === words[i]);
  const rest = isPrefixed ? words.slice(own.length) : words;
  const last = own.at(-1);
  return !isPrefixed && rest.length > 1 && rest[0] === last ? rest.slice(1) : rest;
};

/** Those that neither name the row nor another one. */
function freeColumns({ relation, columns, primaryKey }: PlannedTable): readonly SchemaColumn[] {
  const linking = new Set([...primaryKey, ...relation.foreignKeys.flatMap((one) => one.columns)]);
  const usable = new Set(columns.map(({ name }) => name));
  return relation.columns.filter(({ name }) => usable.has(name) && !linking.has(name));
}

const TECHNICAL: ReadonlySet<string> = new Set([
  ...[
    'password',
    'passwd',
    'pwd',
    'hash',
    'salt',
    'secret',
    'token',
    'guid',
    'etag',
    'checksum',
    'version',
    'revision',
  ],
  ...['url', 'uri', 'path', 'file', 'image', 'picture', 'photo', 'icon', 'logo', 'json', 'xml', 'html', 'blob', 'data'],
  ...['created', 'updated', 'modified', 'deleted', 'changed', 'phone', 'fax', 'email', 'mail', 'ip', 'user', 'login'],
  ...['contact', 'note', 'notes', 'remark', 'remarks', 'comment', 'comments', 'middle', 'maiden'],
]);

const NAMES: ReadonlySet<string> = new Set([
  ...['name', 'firstname', 'lastname', 'surname', 'forename', 'fullname', 'displayname', 'nickname', 'username'],
  ...['naam', 'nom', 'nombre', 'nome', 'bezeichnung', 'nazwa', 'navn', 'namn'],
]);
const QUALIFIERS: ReadonlySet<string> = new Set([
  ...['first', 'last', 'full', 'family', 'given', 'display', 'company', 'legal', 'trade', 'short', 'common', 'brand'],
]);
const TITLES: ReadonlySet<string> = new Set([
  'title',
  'label',
  'caption',
  'heading',
  'headline',
  'titel',
  'titre',
  'titulo',
]);
const DESCRIPTIONS: ReadonlySet<string> = new Set([
  'description',
  'desc',
  'descr',
  'text',
  'meaning',
  'summary',
  'value',
]);
const CODES: ReadonlySet<string> = new Set([
  ...['code', 'sku', 'symbol', 'isbn', 'ean', 'iso', 'abbreviation', 'abbr', 'number', 'no', 'nr', 'key', 'slug'],
]);

type Words = readonly string[];

const isOneOf = (words: Words, set: ReadonlySet<string>): boolean => words.length === 1 && set.has(words[0] as string);

const isName = (words: Words): boolean =>
  isOneOf(words, NAMES) || (words.length === 2 && QUALIFIERS.has(words[0] as string) && NAMES.has(words[1] as string));
const isTitle = (words: Words): boolean => isOneOf(words, TITLES) || NAMES.has(words.at(-1) ?? '');
const isDescription = (words: Words): boolean => DESCRIPTIONS.has(words.at(-1) ?? '');
const isCode = (words: Words): boolean => isOneOf(words, CODES);

const isText = (table: PlannedTable, column: SchemaColumn): boolean =>
  !LARGE.includes(column.type) && sortKindFor(table, column) === SortKind.text && isShort(column);

const LARGE: readonly string[] = ['mediumtext', 'longtext', 'uuid', 'bytea', 'blob'];

/** Of no length, or of a short one. */
const isShort = (column: SchemaColumn): boolean => lengthOf(column) <= MAX_TEXT;

const lengthOf = ({ declared }: SchemaColumn): number => Number(/\((\d+)\)/.exec(declared)?.[1] ?? 0);

const isListable = (table: PlannedTable, column: SchemaColumn): boolean => sortKindFor(table, column) !== undefined;

function sortKindFor({ columns }: PlannedTable, { name }: SchemaColumn): SortKind | undefined {
  const sqlType = columns.find((one) => one.name === name)?.codec.sqlType;
  return sqlType === undefined ? undefined : sortKindOf(sqlType);
}
