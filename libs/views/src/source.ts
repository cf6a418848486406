import { ViewError } from './errors.ts';

/** What kind of database a source is. */
export const SourceKind = { postgres: 'postgres', mariadb: 'mariadb', mysql: 'mysql' } as const;
export type SourceKind = (typeof SourceKind)[keyof typeof SourceKind];

/** One SQL instance, captured by one connector. Its name begins the topics of its tables, `<source>.<schema>.<table>`. */
export interface Source {
  /** Unique in an installation; part of topics, of names in the database and of settings. */
  readonly name: string;
  readonly kind: SourceKind;
  /**
   * Schema of `hybridge_inbox`; of MariaDB and MySQL the database. Undefined: `public`, or the one database that the
   * tables of the source are in.
   */
  readonly inboxSchema: string | undefined;
}

/** Where SQL answers customers' changes, in every source. */
const INBOX = 'hybridge_inbox';

/** No dot, as topics are split at dots; no `_`, so that it can stand for `-` in settings. */
const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Defines a source, once for all its tables: `const shop = source('shop', 'postgres')`.
 * @throws ViewError `HYBRIDGE_VIEW_DEFINITION_INVALID`
 */
export function source(
  name: string,
  kind: SourceKind,
  { inboxSchema }: { readonly inboxSchema?: string } = {},
): Source {
  if (!NAME.test(name)) {
    fail(`Source "${name}" cannot be named so; take 1 to 40 of a-z, 0-9 and "-", the first a letter.`);
  }
  const kinds: readonly string[] = Object.values(SourceKind);
  if (!kinds.includes(kind)) {
    fail(`Source ${name} is of kind "${kind}", which there is not; take one of ${kinds.join(', ')}.`);
  }
  return { name, kind, inboxSchema };
}

/**
 * @param schemas of the tables of the source
 * @returns `schema.table` of its inbox
 * @throws ViewError when the tables are in several databases, and nobody said which one the inbox is in
 */
export function inboxTableOf(source: Source, schemas: readonly string[]): string {
  const [schema, ...others] = source.kind === SourceKind.postgres ? ['public'] : [...new Set(schemas)];
  const chosen = source.inboxSchema ?? (others.length === 0 ? schema : undefined);
  if (chosen !== undefined) return `${chosen}.${INBOX}`;
  return fail(
    `Source ${source.name} has tables in ${[schema, ...others].join(', ')}; say which of them its inbox is in: ` +
      `source('${source.name}', '${source.kind}', { inboxSchema: '${schema}' }).`,
  );
}

function fail(message: string): never {
  throw new ViewError('HYBRIDGE_VIEW_DEFINITION_INVALID', message);
}
