import { type AttributeValue, NULL } from '@hybridge/protocol';
import { type AnyView, type Codec, type Row, columnOf, columnsOfView } from '@hybridge/views';
import { type Bound, type KeyRange, boundsOf } from '../key-range.ts';
import { type ReadDialect, type Statement, keyTexts, primaryKey } from '../read-dialect.ts';
import { readProven } from './read-proven.ts';

/** Statements of MariaDB and MySQL. */
export const createMariadbDialect = (kind: 'mariadb' | 'mysql'): ReadDialect => {
  const dialect: ReadDialect = {
    byKeys: (view, keyRows) => {
      const keys = keyRows.map((keyRow) => equals(view, keyRow));
      return join(`${selectOf(view)} where `, keys, ' or ');
    },

    page(view, range, limit) {
      const conditions = boundsOf(range).map((bound) => beyond(view, bound, columnIn(view)));
      const where = conditions.length === 0 ? { text: '', values: [] } : join(' where ', conditions, ' and ');
      const order = primaryKey(view).map(columnIn(view)).join(', ');
      return { text: `${selectOf(view)}${where.text} order by ${order} limit ${limit}`, values: where.values };
    },

    within: rangeProbe,

    // A collation may call keys equal that name different items.
    keysAsWritten: true,

    readProven: (query, view, requests) => readProven({ query, dialect, kind }, view, requests),
  };
  return dialect;
};

const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

const tableName = ({ table }: AnyView): string => `${quote(table.schema)}.${quote(table.table)}`;

const codecOf = (view: AnyView, name: string): Codec => columnOf(view.table, name).codec;

const selectOf = (view: AnyView): string =>
  `select ${columnsOfView(view)
    .map((name) => selected(name, codecOf(view, name)))
    .join(', ')} from ${tableName(view)} as t`;

/** The text that codecs read, under the column's name. */
function selected(name: string, { sqlForm }: Codec): string {
  const column = `t.${quote(name)}`;
  if (sqlForm === undefined) return column;
  return `${sqlForm === 'hex' ? `hex(${column})` : `${column} + 0`} as ${quote(name)}`;
}

/** A column as it is compared and ordered: the names of a list by their text, as parameters are texts. */
const columnIn =
  (view: AnyView) =>
  (name: string): string =>
    codecOf(view, name).collation === 'names' ? `concat(t.${quote(name)})` : `t.${quote(name)}`;

const EXACT_NUMBER = /^-?\d{1,65}(?:\.\d{1,30})?$/;

/** A number is written as one: beside a text the server would compare both as doubles. */
function literal(codec: Codec, value: AttributeValue, text: string | null): Statement {
  if (codec.sqlForm === 'hex') return { text: 'unhex(?)', values: [text] };
  const isNumber = ('N' in value || codec.sqlForm === 'integer') && text !== null && EXACT_NUMBER.test(text);
  return isNumber ? { text, values: [] } : { text: '?', values: [text] };
}

/** The key's values, in the order of the primary key. */
const literals = (view: AnyView, keyRow: Row): readonly Statement[] => {
  const texts = keyTexts(view, keyRow);
  return primaryKey(view).map((name, i) => literal(codecOf(view, name), keyRow[name] ?? NULL, texts[i] ?? null));
};

function equals(view: AnyView, keyRow: Row): Statement {
  const values = literals(view, keyRow);
  const names = primaryKey(view).map((name) => `t.${quote(name)}`);
  return join(
    '(',
    values.map(({ text, values: parameters }, i) => ({ text: `${names[i]} = ${text}`, values: parameters })),
    ' and ',
    ')',
  );
}

/**
 * `(a, b) > (x, y)` as `a >= x and (a > x or (a = x and b > y))`: of row comparisons no index makes a range here.
 * @param columnOfKey a column of the key as it is compared
 */
function beyond(view: AnyView, { operator, row }: Bound, columnOfKey: (name: string) => string): Statement {
  const columns = primaryKey(view).map(columnOfKey);
  const values = literals(view, row);
  const strict = operator === '<=' ? '<' : '>';
  const compare = (i: number, sign: string): Statement => ({
    text: `${columns[i]} ${sign} ${values[i]?.text}`,
    values: values[i]?.values ?? [],
  });
  const last = columns.length - 1;
  let condition = compare(last, operator);
  for (let i = last - 1; i >= 0; i--) {
    const same = join('(', [compare(i, '='), condition], ' and ', ')');
    condition = join('(', [compare(i, strict), same], ' or ', ')');
  }
  return last === 0 ? condition : join('', [compare(0, `${strict}=`), condition], ' and ');
}

/** The empty part of the union lends each value the type and the collation of its column. */
function rangeProbe(view: AnyView, keyRow: Row, range: KeyRange): Statement {
  const names = primaryKey(view);
  const probe = join('', literals(view, keyRow), ', ');
  const conditions = boundsOf(range).map((bound) => beyond(view, bound, columnIn(view)));
  const within = join('', conditions, ' and ');
  const typed = `select ${names.map(quote).join(', ')} from ${tableName(view)} where false`;
  return {
    text: `select (${within.text}) as within from (${typed} union all select ${probe.text}) as t`,
    values: [...within.values, ...probe.values],
  };
}

const join = (before: string, parts: readonly Statement[], between: string, after = ''): Statement => ({
  text: `${before}${parts.map(({ text }) => text).join(between)}${after}`,
  values: parts.flatMap(({ values }) => values),
});
