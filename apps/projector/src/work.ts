import type { ItemKey, RowChange, SettleSignal } from '@hybridge/protocol';
import type { KafkaOffset } from '@hybridge/source-kafka';
import type { AnyView, Row } from '@hybridge/views';

/** Offsets of the first and last record a piece of work covers. */
export interface OffsetRange {
  readonly first: KafkaOffset;
  readonly last: KafkaOffset;
}

export interface RowWork {
  readonly kind: 'row';
  readonly view: AnyView;
  readonly key: ItemKey;
  readonly keyRow: Row;
  readonly change: RowChange;
  readonly offsets: OffsetRange;
  /** From a snapshot: its age says nothing about latency. */
  readonly snapshot: boolean;
}

export interface SettleWork {
  readonly kind: 'settle';
  readonly view: AnyView;
  readonly key: ItemKey;
  readonly keyRow: Row;
  readonly signal: SettleSignal;
  readonly offsets: OffsetRange;
}

/** One thing to do to one item. */
export type Work = RowWork | SettleWork;
