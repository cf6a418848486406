export { type UsedTable, usedTables } from '@hybridge/setup';
