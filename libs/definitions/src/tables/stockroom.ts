import { mariadb, notNull, nullable, table } from '@hybridge/views';
import { stockroom as source } from '../sources.ts';

export const inventory = table({
  source,
  name: 'stockroom.inventory',
  primaryKey: ['product_id'],
  columns: {
    product_id: notNull(mariadb.int()),
    bin: notNull(mariadb.varchar()),
    status: notNull(mariadb.enumeration()),
    on_hand: notNull(mariadb.int({ unsigned: true })),
    reserved: notNull(mariadb.int({ unsigned: true })),
    reorder_level: notNull(mariadb.int({ unsigned: true })),
    units_moved: notNull(mariadb.bigint({ unsigned: true })),
    last_counted: nullable(mariadb.date()),
    updated_at: notNull(mariadb.timestamp()),
  },
});

export const prices = table({
  source,
  name: 'stockroom.prices',
  primaryKey: ['product_id', 'currency'],
  columns: {
    product_id: notNull(mariadb.int()),
    currency: notNull(mariadb.varchar()),
    amount: notNull(mariadb.decimal()),
    discount: nullable(mariadb.decimal()),
    valid_from: notNull(mariadb.datetime()),
    terms: nullable(mariadb.varchar()),
  },
});
