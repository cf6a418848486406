import { randomUUID } from 'node:crypto';
import {
  type Attributes,
  DEFAULT_LIMITS,
  type ItemKey,
  type ItemStore,
  type ProtocolContext,
  type RowChange,
  encodeVersion,
  fillWrite,
  leaseOf,
  leaseWrite,
  plainShape,
  itemBytes,
} from '@hybridge/protocol';

export const context: ProtocolContext = { now: Date.now, nonce: () => randomUUID(), limits: DEFAULT_LIMITS };

export const freshKey = (): ItemKey => ({ pk: `o1#ORDER#${randomUUID()}`, sk: 'ORDER' });

/** Bytes of metadata and keys in a live item; what is left of the size wanted goes into one column. */
const metadataBytes = (key: ItemKey): number =>
  itemBytes({
    pk: { S: key.pk },
    sk: { S: key.sk },
    _st: { S: 'L' },
    _v: { S: versionOf(1) },
    _fx: { S: '700' },
    _ct: { N: String(Date.now()) },
    _w: { S: context.nonce() },
  });

/** The columns of an item of so many bytes in all. */
function columnsOf(key: ItemKey, bytes: number): Attributes {
  const status: Attributes = { status: { S: 'shipped' } };
  const rest = bytes - metadataBytes(key) - itemBytes(status) - 'note'.length;
  return { ...status, note: { S: 'x'.repeat(rest) } };
}

const versionOf = (n: number) => encodeVersion({ epoch: 0, major: BigInt(n), minor: BigInt(n), offset: BigInt(n) });

/** The `n`th change of an order whose item takes so many bytes. */
export function orderChange(key: ItemKey, kind: 'upsert' | 'partial' | 'delete', n: number, bytes: number): RowChange {
  const columns = columnsOf(key, bytes);
  const given: Record<typeof kind, Attributes> = {
    upsert: columns,
    partial: { status: { S: 'shipped' } },
    delete: {},
  };
  return {
    key,
    kind,
    columns: given[kind],
    shape: plainShape(Object.keys(columns)),
    version: versionOf(n),
    transaction: '700',
    committedAt: Date.now(),
  };
}

/** What a reader does that finds no answer in the table: it takes the lease and stores what SQL said. */
export async function fill(store: ItemStore, key: ItemKey, bytes: number): Promise<void> {
  const token = context.nonce();
  const leased = await store.write(leaseWrite(key, token, context));
  if (!leased.ok || leased.item === undefined) throw new Error(`${key.pk}: the lease was refused.`);
  await store.write(fillWrite(leaseOf(key, token, leased.item), plainShape([]), columnsOf(key, bytes), context));
}
