import { source } from '@hybridge/views';

/** The inherited retail database: one PostgreSQL instance, one connector. */
export const shop = source('shop', 'postgres');

/** The stock room's database, older still: one MariaDB instance, one connector. */
export const stockroom = source('stockroom', 'mariadb');
