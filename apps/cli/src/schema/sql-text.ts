import { SourceKind } from '@hybridge/views';

/** An identifier as PostgreSQL reads it: in quotes where it must be. */
export const sqlIdentifier = (name: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** Of `schema.table`. */
export const sqlTable = (name: string): string => name.split('.').map(sqlIdentifier).join('.');

/** An identifier as MariaDB and MySQL read it. */
export const binlogIdentifier = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !isReservedByBinlogKinds(name.toLowerCase())
    ? name
    : `\`${name.replaceAll('`', '``')}\``;

const isReservedByBinlogKinds = (word: string): boolean => RESERVED.has(word) || ALSO_RESERVED.has(word);

interface SqlNames {
  readonly identifier: (name: string) => string;
  /** Of `schema.table`. */
  readonly table: (name: string) => string;
}

/** How statements for a kind of database name things. */
export const sqlNames = (kind: SourceKind): SqlNames =>
  kind === SourceKind.postgres
    ? { identifier: sqlIdentifier, table: sqlTable }
    : { identifier: binlogIdentifier, table: (name) => name.split('.').map(binlogIdentifier).join('.') };

/** Words PostgreSQL keeps for itself. Source: manual, appendix C, "reserved". */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create ' +
    'current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc ' +
    'distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral ' +
    'leading limit localtime localtimestamp not null offset on only or order placing primary references returning ' +
    'select session_user some symmetric system_user table then to trailing true union unique user using variadic when ' +
    'where window with'
  ).split(' '),
);

/** Words besides that MariaDB or MySQL keeps for itself, of those that tables and columns are often called. */
const ALSO_RESERVED: ReadonlySet<string> = new Set(
  (
    'add alter by call change character condition continue convert databases delete describe drop each empty ' +
    'exists explain force function groups if ignore index insert interval join key keys kill left like lines load lock ' +
    'match mod option out over partition procedure purge range rank read recursive release rename repeat replace require ' +
    'return returning right row row_number rows schema schemas sensitive separator set show signal sql ssl starting ' +
    'system terminated trigger undo update usage use values while write'
  ).split(' '),
);
