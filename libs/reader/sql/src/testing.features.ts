import { carryOut, decideRowChange, number, text, plainShape } from '@hybridge/protocol';
import { createMemoryItemStore, rowChange, testContext } from '@hybridge/testkit';
import {
  type AnyView,
  type Row,
  column,
  int8,
  keyFromParts,
  keyOfRow,
  notNull,
  source,
  table,
  text as textColumn,
  view,
} from '@hybridge/views';
import { fillItem } from './fill-item.ts';
import type { RowRead, RowReader } from './row-reader.ts';

/** What the tests of this library share. */

export const customers: AnyView = view('customers', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.customers',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), full_name: notNull(textColumn()), city: notNull(textColumn()) },
  }),
  key: { pk: ['c1', 'CUSTOMER', column('id')], sk: ['CUSTOMER'] },
  attributes: { name: 'full_name', city: 'city' },
  mode: 'lazy',
});
export const keyRow = keyFromParts(customers, ['42']);
export const key = keyOfRow(customers, keyRow);
export const row = { id: number(42), full_name: text('Ada'), city: text('Leiden') };
export const columns = { name: text('Ada'), city: text('Leiden') };

type Answer = RowRead | ((proof: string | undefined) => RowRead | Promise<RowRead>);

/** Gives the answers in order, the last one again and again; notes what proof each read had to give. */
export function rowsAnswering(...answers: Answer[]) {
  const proofs: (string | undefined)[] = [];
  const rows: RowReader = {
    read: async (_view, _keyRow, proof) => {
      const answer = answers[Math.min(proofs.length, answers.length - 1)] as Answer;
      proofs.push(proof);
      return typeof answer === 'function' ? answer(proof) : answer;
    },
    scan: () => {
      throw new Error('a fill never scans');
    },
  };
  return { rows, proofs };
}

export const found: RowRead = { proven: true, row };
export const absent: RowRead = { proven: true, row: undefined };
export const unproven: RowRead = { proven: false, row: undefined };

export const setUp = (...answers: Parameters<typeof rowsAnswering>) => {
  const store = createMemoryItemStore();
  const context = testContext();
  const { rows, proofs } = rowsAnswering(...answers);
  const dependencies = { store, rows, context };
  const fence = (n: number) =>
    carryOut(store, key, (seen) =>
      decideRowChange(rowChange({ key, n, shape: plainShape(['name', 'city']) }), 'lazy', context, seen),
    );
  return { store, context, proofs, dependencies, fence, fill: () => fillItem(dependencies, customers, key, keyRow) };
};

/** The `n`th customer: where the item lies, what names it, and its row in SQL. */
export function customer(n: number) {
  const of: Row = keyFromParts(customers, [String(n)]);
  const inSql: Row = { ...of, full_name: text(`customer ${n}`), city: text('Leiden') };
  return { view: customers, keyRow: of, itemKey: keyOfRow(customers, of), row: inSql };
}

/** Every customer asked for is there; `statements` counts what SQL was asked, `keys` how many rows each time. */
export function everyCustomer(options: { readonly takesMs?: number; readonly fails?: () => Error | undefined } = {}) {
  const keys: number[] = [];
  const answer = async <T>(asked: number, found: T): Promise<T> => {
    keys.push(asked);
    if (options.takesMs !== undefined) await new Promise((resolve) => setTimeout(resolve, options.takesMs));
    const failure = options.fails?.();
    if (failure !== undefined) throw failure;
    return found;
  };
  const readOf = (of: Row): RowRead => ({ proven: true, row: { ...of, full_name: text('Ada'), city: text('Leiden') } });
  const rows = {
    read: (_view, of) => answer(1, readOf(of)),
    readBatch: (_view, requests) =>
      answer(
        requests.length,
        requests.map((request) => readOf(request.keyRow)),
      ),
    scan: () => {
      throw new Error('a fill never scans');
    },
  } satisfies RowReader;
  return { rows, keys };
}
