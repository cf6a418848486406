import { createConnection } from 'mysql2/promise';
import { SchemaReadError, messageOf, queryError } from '../errors.ts';

/** Values as the server writes them. */
export type TextRow = { readonly [column: string]: string | null };

/** One connection, used for reading. */
export interface Session extends AsyncDisposable {
  query(text: string, values?: readonly unknown[]): Promise<readonly TextRow[]>;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** `mariadb:` is as good an address as `mysql:`, which alone the driver knows. @throws SchemaReadError */
export async function openSession(url: string): Promise<Session> {
  try {
    const connection = await createConnection({
      uri: url.replace(/^mariadb:/, 'mysql:'),
      connectTimeout: CONNECT_TIMEOUT_MS,
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
    });
    connection.on('error', () => {});
    return {
      query: async (text, values = []) => {
        try {
          const [rows] = await connection.query(text, [...values]);
          return (rows as readonly { readonly [column: string]: unknown }[]).map(asText);
        } catch (cause) {
          throw queryError(cause);
        }
      },
      [Symbol.asyncDispose]: () => connection.end(),
    };
  } catch (cause) {
    throw new SchemaReadError('HYBRIDGE_READER_SCHEMA_UNAVAILABLE', `Cannot connect: ${messageOf(cause)}`, { cause });
  }
}

const asText = (row: { readonly [column: string]: unknown }): TextRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]));

/** Leaves out what is NULL or empty, so that an optional field is absent. */
export const present = <Name extends string>(
  name: Name,
  value: string | null | undefined,
): { readonly [key in Name]?: string } =>
  (value == null || value === '' ? {} : { [name]: value }) as { readonly [key in Name]?: string };
