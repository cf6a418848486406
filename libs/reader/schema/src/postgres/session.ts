import pg from 'pg';
import { SchemaReadError, messageOf, queryError } from '../errors.ts';

/** Values as PostgreSQL writes them. */
export type TextRow = { readonly [column: string]: string | null };

/** One read-only connection. */
export interface Session extends AsyncDisposable {
  query(text: string, values?: readonly unknown[]): Promise<readonly TextRow[]>;
}

const STATEMENT_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 5_000;

const AS_TEXT = { getTypeParser: () => (value: unknown) => value } as unknown as pg.CustomTypesConfig;

/** @throws SchemaReadError */
export async function openSession(url: string): Promise<Session> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'hybridge-schema',
    statement_timeout: STATEMENT_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // An empty search path makes the server write every name of the user's with its schema.
    options: '-c default_transaction_read_only=on -c search_path= -c TimeZone=UTC -c DateStyle=ISO',
    types: AS_TEXT,
  });
  // The query in flight reports a lost connection; this event repeats it and would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    await client.end().catch(() => {});
    throw new SchemaReadError('HYBRIDGE_READER_SCHEMA_UNAVAILABLE', `Cannot connect: ${messageOf(cause)}`, { cause });
  }
  return {
    query: async (text, values = []) => {
      try {
        return (await client.query<TextRow>(text, [...values])).rows;
      } catch (cause) {
        throw queryError(cause);
      }
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** A JSON array of texts, as `to_json` writes it. */
export const texts = (json: string | null | undefined): readonly string[] =>
  json == null ? [] : (JSON.parse(json) as readonly string[]);

export const isTrue = (value: string | null | undefined): boolean => value === 't';

/** Leaves out what is NULL, so that an optional field is absent. */
export const present = <Name extends string>(
  name: Name,
  value: string | null | undefined,
): { readonly [key in Name]?: string } =>
  (value == null || value === '' ? {} : { [name]: value }) as { readonly [key in Name]?: string };

export const quoted = (name: string): string => pg.escapeIdentifier(name);
