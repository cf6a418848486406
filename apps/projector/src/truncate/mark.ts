import {
  type AttributeValue,
  CONTROL_STATE,
  ControlMeta,
  type Item,
  type ItemKey,
  Meta,
  type Provenance,
  type Write,
  buildWrite,
  committedAtOf,
  entriesOf,
  map,
  number,
  provenanceValues,
  scalarOf,
  transactionOf,
  ttlSeconds,
  versionOf,
} from '@hybridge/protocol';
import type { TablePlace } from './sweep.ts';

/** Offset behind the last record, or the next one to be read, by partition. */
export type PartitionOffsets = ReadonlyMap<number, bigint>;

/** That a table was truncated and its items have to be swept once more: a control item, one for each consumer group. */
export interface TruncateMark extends Provenance {
  /** When every record sent before the truncation is in the topic. Milliseconds since 1970. */
  readonly notBefore: number;
  /** How far the topic reached after `notBefore`; undefined until somebody looked. */
  readonly endOffsets: PartitionOffsets | undefined;
}

/** Groups read at their own pace, and each has its own offsets to wait for. */
export const markKey = ({ source, table }: TablePlace, groupId: string): ItemKey => ({
  pk: `C#truncate#${source}.${table}`,
  sk: groupId,
});

/** Undefined for no item, and for what a mark leaves behind when it is done with. */
export function readMark(item: Item | undefined): TruncateMark | undefined {
  const version = item === undefined || scalarOf(item[Meta.state]) !== CONTROL_STATE ? undefined : versionOf(item);
  if (item === undefined || version === undefined) return undefined;
  const ends = item[ControlMeta.endOffsets];
  return {
    version,
    transaction: transactionOf(item),
    committedAt: committedAtOf(item) ?? 0,
    notBefore: Number(scalarOf(item[ControlMeta.notBefore]) ?? 0),
    endOffsets: ends === undefined ? undefined : decodeOffsets(ends),
  };
}

/** Refused when a mark as new is there: that one's sweep does for both. */
export const setMark = (key: ItemKey, truncation: Provenance, notBefore: number): Write =>
  buildWrite('markTruncate', { key, values: { ...provenanceValues(truncation), mn: number(notBefore) } });

/** Refused when the mark is another one by now, or has its offsets. */
export const setMarkEnds = (key: ItemKey, mark: TruncateMark, ends: PartitionOffsets): Write =>
  buildWrite('markTruncateEnds', { key, values: { ...versionOnly(mark), me: encodeOffsets(ends) } });

/** Refused when the mark is another one by now. */
export const clearMark = (key: ItemKey, mark: TruncateMark, untilMs: number): Write =>
  buildWrite('clearTruncate', { key, values: { ...versionOnly(mark), x: ttlSeconds(untilMs) } });

const versionOnly = (mark: TruncateMark) => ({ v: provenanceValues(mark)['v'] as AttributeValue });

const encodeOffsets = (offsets: PartitionOffsets): AttributeValue =>
  map(Object.fromEntries([...offsets].map(([partition, offset]) => [String(partition), number(offset)])));

const decodeOffsets = (value: AttributeValue): PartitionOffsets =>
  new Map(
    Object.entries(entriesOf(value)).map(([partition, offset]) => [Number(partition), BigInt(scalarOf(offset) ?? 0)]),
  );
