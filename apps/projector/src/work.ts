import type { ItemKey, Links, RowChange, SettleSignal } from '@hybridge/protocol';
import type { KafkaOffset } from '@hybridge/source-kafka';
import type { AnyView, Row, RowPlace } from '@hybridge/views';
import type { TruncateEvent } from './truncate/sweeper.ts';

/** Where the record lies that a piece of work comes from. */
export interface RecordPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: KafkaOffset;
}

interface ItemWork {
  readonly view: AnyView;
  readonly key: ItemKey;
  readonly keyRow: Row;
  /** Of a view whose items move. */
  readonly move?: RowPlace;
}

export interface RowWork extends ItemWork {
  readonly kind: 'row';
  readonly change: RowChange;
  /** Where the row points; see `DecodedChange`. */
  readonly links: Links | undefined;
  readonly guess: 'same' | 'other';
  /** It stands for earlier changes of the row as well. */
  readonly covers?: boolean;
  /** From a snapshot: its age says nothing about latency. */
  readonly snapshot: boolean;
  /** The event lacks a column that the view needs: only SQL can tell what the row is, once it has the column again. */
  readonly missing?: Error;
  /** Newer than whatever came before in its partition since the projector started; told only while a table is loaded. */
  readonly isNewest?: boolean;
}

export interface SettleWork extends ItemWork {
  readonly kind: 'settle';
  readonly signal: SettleSignal;
  /** Where the row of the answer's image points. */
  readonly links: Links | undefined;
}

/** A record that names an item, but cannot be read: the item is parked. */
export interface ParkWork extends ItemWork {
  readonly kind: 'park';
  readonly reason: string;
  /** The change as one that cannot be stored; undefined when not even its place in commit order can be read. */
  readonly change: RowChange | undefined;
}

/** A table was truncated: its items are swept, as one thing to do under the key of its mark. */
export interface TruncateWork {
  readonly kind: 'truncate';
  readonly key: ItemKey;
  readonly event: TruncateEvent;
}

/** One thing to do to one item. */
export type ItemTask = RowWork | SettleWork | ParkWork;
export type Work = ItemTask | TruncateWork;

/** Whose changes follow each other: those of an item, or, where items move, those of a row. */
export const laneOf = (work: Work): ItemKey => (work.kind === 'truncate' ? work.key : (work.move?.anchor ?? work.key));
