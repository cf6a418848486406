import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { type Item, ItemState, Meta, columnsOf, isControlKey, sameAttributes, scalarOf } from '@hybridge/protocol';
import type { ExpectedRow, ExpectedState } from './expected-state.ts';
import { changeOfNote, idOf, orderColumns } from './order-row.ts';
import { WARM_UP_PREFIX } from './target.ts';

/** Keys by what their items say when everything was written. */
export interface Comparison {
  readonly matched: number;
  /** The item holds an older change than SQL, or a row that SQL has deleted. */
  readonly stale: number;
  /** Of the stale ones: rows that SQL has deleted. */
  readonly resurrected: number;
  /** SQL has the row, and there is no item. */
  readonly lost: number;
  /** The item claims the right change, with other content; or it is no row's. Only where content is compared. */
  readonly differing: number;
}

export type Verdict = 'matched' | 'stale' | 'resurrected' | 'lost' | 'differing';

export interface CompareOptions {
  /** Whether every column must be equal, not the change counter alone. */
  readonly content: boolean;
}

const SEGMENTS = 2;
const KEY_PREFIX = 'o1#ORDER#';

/** Holds every item of the table against what SQL says in the end. */
export async function compareItems(
  client: DynamoDBClient,
  tableName: string,
  expected: ExpectedState,
  options: CompareOptions,
): Promise<Comparison> {
  const seen = new Set<number>();
  const tally: Record<Verdict, number> = { matched: 0, stale: 0, resurrected: 0, lost: 0, differing: 0 };
  const segment = async (Segment: number): Promise<void> => {
    const input = { TableName: tableName, ConsistentRead: true, Segment, TotalSegments: SEGMENTS };
    for await (const { Items = [] } of paginateScan({ client }, input)) {
      for (const item of Items as unknown as Item[]) {
        const row = rowOf(item);
        if (row === undefined) continue;
        seen.add(row);
        tally[judge(row, expected.get(row), item, options)]++;
      }
    }
  };
  await Promise.all(Array.from({ length: SEGMENTS }, (_, i) => segment(i)));
  for (const [row, want] of expected) if (!seen.has(row)) tally[judge(row, want, undefined, options)]++;
  return { ...tally, stale: tally.stale + tally.resurrected };
}

/** Undefined for items of the warm-up and of the system itself; NaN, a row that nobody expects, for keys we do not know. */
function rowOf(item: Item): number | undefined {
  const pk = scalarOf(item['pk']) ?? '';
  if (pk.startsWith(WARM_UP_PREFIX) || isControlKey({ pk, sk: '' })) return undefined;
  return pk.startsWith(KEY_PREFIX) ? Number(pk.slice(KEY_PREFIX.length)) - idOf(0) : Number.NaN;
}

/** @param item undefined: there is none */
export function judge(
  row: number,
  expected: ExpectedRow | undefined,
  item: Item | undefined,
  { content }: CompareOptions,
): Verdict {
  if (expected === undefined) return 'differing';
  if (item === undefined) return expected.exists ? 'lost' : 'matched';
  const live = scalarOf(item[Meta.state]) !== ItemState.tombstone;
  if (!expected.exists) return live ? 'resurrected' : 'matched';
  if (!live) return 'stale';
  const change = changeOfNote(scalarOf(item['note'])) ?? Number.NaN;
  if (change < expected.change) return 'stale';
  if (change !== expected.change) return 'differing';
  return content && !sameAttributes(columnsOf(item), orderColumns({ row, ...expected })) ? 'differing' : 'matched';
}
