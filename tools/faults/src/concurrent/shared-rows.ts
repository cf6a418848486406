/** The rows that customers and clerks write at the same time: new addresses, in two fields that cause no domain event. */
import { addresses as view } from '@hybridge/definitions';
import { type ItemKey, scalarOf } from '@hybridge/protocol';
import { keyFromParts, keyOfRow } from '@hybridge/views';
import { awaitCondition } from '../lab/await-condition.ts';
import type { FaultLab } from '../lab/open-fault-lab.ts';
import { type Cell, cellOf } from './history.ts';

/** Attributes, and columns of the same name. */
export const fields = ['street', 'instructions'] as const;
export type Field = (typeof fields)[number];

export const VIEW = view.name;
export const TABLE = view.table.table;

/** The key of a row, as addresses of view-api and the ledger write it: parts with commas between them. */
export type RowId = string;

export const keyPartsOf = (id: RowId): readonly string[] => id.split(',');

export interface SharedRows {
  readonly ids: readonly string[];
  readonly initial: ReadonlyMap<Cell, string>;
}

/** Customers who have some of the rows. */
const OWNERS = 50;

/** Resolves when every row has its item. */
export async function createSharedRows(lab: FaultLab, count: number): Promise<SharedRows> {
  const { rows } = await lab.sql.query<{ id: RowId }>(
    `WITH owners AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM public.customers ORDER BY id LIMIT ${OWNERS}),
          fresh AS (SELECT id, 'shared' || (SELECT count(*) FROM public.addresses) + n AS label
                    FROM generate_series(1, $1::int) AS n JOIN owners ON place = n % ${OWNERS})
     INSERT INTO public.addresses (customer_id, label, street, postal_code, city, country, instructions)
     SELECT id, label, id || label || '-street', '4461 AA', 'Goes', 'NL', id || label || '-instructions' FROM fresh
     RETURNING customer_id || ',' || label AS id`,
    [count],
  );
  if (rows.length !== count) throw new Error(`The demo database has fewer than ${OWNERS} customers.`);
  const ids = rows.map(({ id }) => id);
  const initial = await readSql(lab, ids);
  await awaitCondition('an item for each shared row', async () => (await readItems(lab, ids)).size === initial.size);
  return { ids, initial };
}

export async function readSql({ sql }: FaultLab, ids: readonly string[]): Promise<ReadonlyMap<Cell, string>> {
  const { rows } = await sql.query<Record<Field | 'id', string>>(
    `SELECT customer_id || ',' || label AS id, ${fields.join(', ')} FROM public.addresses
     WHERE customer_id || ',' || label = ANY($1)`,
    [ids],
  );
  return new Map(rows.flatMap((row) => fields.map((field) => [cellOf(row.id, field), row[field]] as const)));
}

export async function readItems({ items }: FaultLab, ids: readonly string[]): Promise<ReadonlyMap<Cell, string>> {
  const found = await items.batchGet(ids.map(itemKeyOf));
  return new Map(
    found.flatMap((item, i) =>
      item === undefined
        ? []
        : fields.map((field) => [cellOf(ids[i] as string, field), scalarOf(item[field]) ?? ''] as const),
    ),
  );
}

const itemKeyOf = (id: string): ItemKey => keyOfRow(view, keyFromParts(view, keyPartsOf(id)));

/** The cell of a column that SQL wrote; undefined for columns nobody watches. */
export const cellOfColumn = (id: RowId, column: string): Cell | undefined =>
  fields.some((field) => field === column) ? cellOf(id, column) : undefined;
