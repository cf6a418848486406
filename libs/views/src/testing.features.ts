import { type ChangeEvent, type JsonRow, parseJson } from '@hybridge/contracts';
import type { AnyTable } from './table.ts';

/** A row as the JSON of an event holds it. */
export const jsonRow = (row: object): JsonRow => parseJson(JSON.stringify(row)) as JsonRow;

/** One event of a table, at the same place in its log as every other. */
export const rowEvent = (
  { name }: AnyTable,
  op: ChangeEvent['op'],
  before: object | undefined,
  after: object | undefined,
): ChangeEvent => ({
  op,
  table: name,
  before: before && jsonRow(before),
  after: after && jsonRow(after),
  position: { major: 1n, minor: 1n },
  transaction: '1',
  committedAt: 0,
});
