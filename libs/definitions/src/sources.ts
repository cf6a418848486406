import { source } from '@hybridge/views';

/** The inherited retail database: one PostgreSQL instance, one connector. */
export const shop = source('shop', 'postgres');
