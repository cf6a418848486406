import pluralize from 'pluralize';

/** The words of a name, lower case: `OrderID`, `order_id` and `ORDER-ID` have the same. */
export const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());

/** `orderId`, or where that is no identifier of TypeScript, `columnXyz` with the word given. */
export function camelCase(name: string, word: string): string {
  const joined = wordsOf(name)
    .map((one, i) => (i === 0 ? one : capitalized(one)))
    .join('');
  return /^[\p{ID_Start}$]/u.test(joined) ? joined : `${word}${capitalized(joined)}`;
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `order-details` from `orderDetails`. */
export const kebabCase = (name: string): string => wordsOf(name).join('-');

/** What one row is called in keys: `ORDER_DETAIL` for `order_details`. */
export function entityOf(viewName: string): string {
  const words = wordsOf(viewName);
  const last = words.at(-1) ?? '';
  return [...words.slice(0, -1), pluralize.singular(last)].join('_').toUpperCase();
}

/** `a`, `a and b`, `a, b and c`. */
export const inWords = (names: readonly string[]): string =>
  names.length === 1 ? (names[0] as string) : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** `name`, or with the first number from 2 that nobody has. Notes what it gives away. */
export function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name}${n}`;
  taken.add(free.toLowerCase());
  return free;
}

/** Names a view's attribute cannot have, or that plain objects have already. */
const RESERVED_ATTRIBUTES: readonly string[] = ['pk', 'sk', ...Object.getOwnPropertyNames(Object.prototype)];

export const isReservedAttribute = (name: string): boolean => RESERVED_ATTRIBUTES.includes(name);

export const attributeName = (column: string): string => {
  const name = camelCase(column, 'column');
  return isReservedAttribute(name) ? `${name}Column` : name;
};

/** What one row is called as a type: `OrderDetail` of `ORDER_DETAIL`. */
export const typeName = (entity: string): string => capitalized(camelCase(entity, 'row'));

/** Words that cannot name a constant, and what definition files import. */
const RESERVED_CONSTANTS: ReadonlySet<string> = new Set([
  ...['arguments', 'await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete'],
  ...['do', 'else', 'enum', 'eval', 'export', 'extends', 'false', 'finally', 'for', 'function', 'if', 'implements'],
  ...['import', 'in', 'instanceof', 'interface', 'let', 'new', 'null', 'package', 'private', 'protected', 'public'],
  ...['return', 'static', 'super', 'switch', 'this', 'throw', 'true', 'try', 'typeof', 'undefined', 'var', 'void'],
  ...[
    'while',
    'with',
    'yield',
    'attribute',
    'catalog',
    'column',
    'createCatalog',
    'embed',
    'notNull',
    'nullable',
    'source',
    'table',
    'view',
  ],
  ...['bool', 'bytea', 'date', 'float4', 'float8', 'int2', 'int4', 'int8', 'jsonb', 'mariadb', 'numeric', 'text'],
  ...['timestamp', 'timestamptz', 'uuid'],
]);

/** The view of a table; also the constants of both. */
export const viewName = (table: string): string => constantName(table, 'table', 'Rows');

/** The constant of a source. */
export const sourceConstant = (source: string): string => constantName(source, 'source', 'Source');

function constantName(name: string, word: string, suffix: string): string {
  const joined = camelCase(name, word);
  return RESERVED_CONSTANTS.has(joined) ? `${joined}${suffix}` : joined;
}
