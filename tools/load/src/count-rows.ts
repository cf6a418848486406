import { catalog } from '@hybridge/definitions';
import { type RowDataPacket, createConnection } from 'mysql2/promise';
import { Client } from 'pg';

/** A source database, and who may read every table of it. */
export interface CountedSource {
  readonly name: string;
  readonly kind: 'postgres' | 'mariadb';
  readonly adminUrl: string;
}

/** Rows of all tables in these sources that have a view: as many changes as a first load of them makes. */
export async function countRows(sources: readonly CountedSource[]): Promise<number> {
  const counts = await Promise.all(sources.map(countRowsIn));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function countRowsIn({ name, kind, adminUrl }: CountedSource): Promise<number> {
  const quote = kind === 'postgres' ? '"' : '`';
  const counts = catalog.tables
    .filter(({ source }) => source.name === name)
    .map(({ schema, table }) => `(SELECT count(*) FROM ${quote}${schema}${quote}.${quote}${table}${quote})`);
  return ASK[kind](adminUrl, `SELECT ${counts.join(' + ')} AS total`);
}

type Ask = (url: string, query: string) => Promise<number>;

const ASK: Readonly<Record<CountedSource['kind'], Ask>> = {
  async postgres(connectionString, query) {
    const client = new Client({ connectionString });
    await client.connect();
    try {
      const { rows } = await client.query<{ total: string }>(query);
      return Number(rows[0]?.total);
    } finally {
      await client.end();
    }
  },
  async mariadb(uri, query) {
    const connection = await createConnection({ uri });
    try {
      const [rows] = await connection.query<(RowDataPacket & { total: number })[]>(query);
      return Number(rows[0]?.total);
    } finally {
      await connection.end();
    }
  },
};
