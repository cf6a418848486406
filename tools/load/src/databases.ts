/** The databases of the demo as traffic uses them: one transaction at a time, each on a connection of a pool. */
import { createPool } from 'mysql2/promise';
import { Pool } from 'pg';
import type { Statement } from './actions.ts';
import { type ShopRows, type StockroomRows, readShopRows, readStockroomRows } from './rows.ts';

export interface Database extends AsyncDisposable {
  /** @throws when one of them fails; then none has happened */
  run(statements: readonly Statement[]): Promise<void>;
}

export type OpenDatabase<Rows> = Database & { readonly rows: Rows };

/** @throws when it cannot be reached or is empty */
export async function openShop(url: string, max: number): Promise<OpenDatabase<ShopRows>> {
  const pool = new Pool({ connectionString: url, max, application_name: 'hybridge-load' });
  pool.on('error', () => undefined); // an idle connection broke; the next action gets a new one or fails visibly
  pool.on('connect', (client) => client.on('error', () => undefined)); // one broke between two statements: the next tells
  const rows = await orElse(readShopRows(pool), () => pool.end());
  return {
    rows,
    async run(statements) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        for (const { text, values } of statements) await client.query(text, [...values]);
        await client.query('COMMIT');
        client.release();
      } catch (error) {
        client.release(true); // closing the connection rolls back, whatever state it was in
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** @throws when it cannot be reached or is empty */
export async function openStockroom(url: string, connectionLimit: number): Promise<OpenDatabase<StockroomRows>> {
  const pool = createPool({ uri: url, connectionLimit });
  pool.on('connection', (connection) => connection.on('error', () => undefined)); // the next statement on it tells
  const rows = await orElse(readStockroomRows(pool), () => pool.end());
  return {
    rows,
    async run(statements) {
      const connection = await pool.getConnection();
      try {
        await connection.beginTransaction();
        for (const { text, values } of statements) await connection.query(text, [...values]);
        await connection.commit();
        connection.release();
      } catch (error) {
        connection.destroy(); // which rolls back
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

async function orElse<T>(reading: Promise<T>, close: () => Promise<void>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    await close();
    throw error;
  }
}
