import { type Relation, RelationKind, type SchemaColumn, type SchemaKey } from '@hybridge/reader-schema';
import { SourceKind } from '@hybridge/views';
import { inWords } from './names.ts';

/** What somebody who reads the definition of a table should know besides. */
export const notesOf = (kind: SourceKind, relation: Relation, key: SchemaKey): readonly string[] => [
  ...(relation.primaryKey === undefined
    ? [`No primary key: the unique index ${key.name}, by which the log identifies rows, stands for it.`]
    : []),
  ...(kind === SourceKind.postgres ? postgresNotes(relation) : binlogNotes(kind, relation, key)),
];

const postgresNotes = ({ kind }: Relation): readonly string[] =>
  kind === RelationKind.partitioned
    ? ['Partitioned: the publication needs publish_via_partition_root, so that changes name this table.']
    : [];

function binlogNotes(kind: SourceKind, relation: Relation, key: SchemaKey): readonly string[] {
  const columns = relation.columns.filter(({ generated }) => generated === undefined);
  const typed = (...types: readonly string[]) => columns.filter(({ type }) => types.includes(type));
  return [
    ...(typed('tinyint(1)').length > 0
      ? ['TINYINT(1) is read as yes or no; take mariadb.tinyint() for a column that holds numbers.']
      : []),
    ...noted(typed('float', 'float unsigned'), (names) => `FLOAT has six digits, as the server prints it: ${names}.`),
    ...zeroDateNotes(typed('date', 'datetime', 'timestamp').filter((column) => mayBeZero(kind, column))),
    ...noted(typed('year', 'year unsigned'), (names) => `Of ${names} the year 0 is 2000 until its row changes.`),
    ...keyNotes(columns.filter(({ name }) => key.columns.includes(name))),
    ...relation.foreignKeys.flatMap(({ name, cascades = [] }) =>
      cascades.length === 0
        ? []
        : [`${name} is ${cascades.join(' and ')}, of which the log does not tell: see hybridge doctor.`],
    ),
  ];
}

const noted = (columns: readonly SchemaColumn[], note: (names: string) => string): readonly string[] =>
  columns.length === 0 ? [] : [note(inWords(columns.map(({ name }) => name)))];

/** MySQL takes none unless it is told to; MariaDB takes them unless it is told not to. */
const mayBeZero = (kind: SourceKind, column: SchemaColumn): boolean =>
  kind === SourceKind.mariadb || /^'?0000-00-00/.test(column.default ?? '');

/** As the codecs read them: change events have nothing better. */
function zeroDateNotes(columns: readonly SchemaColumn[]): readonly string[] {
  const isNull = ({ nullable, type }: SchemaColumn): boolean => nullable || type === 'timestamp';
  return [
    ...noted(columns.filter(isNull), (names) => `A zero date (0000-00-00) is NULL in ${names}.`),
    ...noted(
      columns.filter((column) => !isNull(column)),
      (names) => `A zero date (0000-00-00) is 1970-01-01 in ${names}.`,
    ),
  ];
}

const TEXTS: readonly string[] = ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'];

const keyNotes = (columns: readonly SchemaColumn[]): readonly string[] => [
  ...noted(
    columns.filter(({ type, collation }) => TEXTS.includes(type) && /_ci(_|$)/.test(collation ?? '')),
    (names) =>
      `Keys are exact: SQL compares ${names} without regard to case, but an item is found only by the letters of its row.`,
  ),
  ...noted(
    columns.filter(({ type }) => type === 'enum' || type === 'set'),
    (names) =>
      `${names} is in the key by name, in alphabetical order. A value renamed by ALTER TABLE tells no change: raise the prefix.`,
  ),
];
