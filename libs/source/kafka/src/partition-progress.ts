import type { ChangeRecord, KafkaOffset } from './record.ts';

/**
 * What is known of one assigned partition: which records were handed out, and up to where all of them are done.
 * Records may be done in any order; the committed offset only passes what is done without a gap.
 */
export interface PartitionProgress {
  readonly topic: string;
  readonly partition: number;
  /** The partition went to another consumer: what is still under way here counts no more. */
  readonly isAbandoned: boolean;
  /** Why the partition cannot go on, if it cannot. */
  readonly halted: Halt | undefined;
  /** First offset that is not done, once a record was handed out. */
  readonly nextOffset: KafkaOffset | undefined;
  /** Records behind the newest one that are not done. */
  readonly lag: number;
  /** Records that were not handed out yet; a fetch after a rebalance brings some again. */
  fresh(records: readonly ChangeRecord[]): readonly ChangeRecord[];
  handOut(records: readonly ChangeRecord[], highWatermark: KafkaOffset): HandedOut;
  /** The earliest record that cannot be done counts. @returns whether this one is earlier than what was known */
  halt(halt: Halt): boolean;
  abandon(): void;
}

/** Records noted as handed out. Knows no more of them than their offsets. */
export interface HandedOut {
  readonly offsets: readonly KafkaOffset[];
  /** Marks the record of an index done. */
  done(index: number): void;
}

export interface Halt {
  readonly offset: KafkaOffset;
  readonly cause: unknown;
}

export function createPartitionProgress(topic: string, partition: number): PartitionProgress {
  // Only what is not done takes memory: one record may take for ever while millions behind it are done.
  const open = new Set<KafkaOffset>(); // in their order, as they came in it
  let afterLast: KafkaOffset | undefined;
  let highWatermark = 0n;
  let halted: Halt | undefined;
  let isAbandoned = false;

  const nextOffset = (): KafkaOffset | undefined => {
    for (const first of open) return first;
    return afterLast;
  };

  return {
    topic,
    partition,
    get isAbandoned() {
      return isAbandoned;
    },
    get halted() {
      return halted;
    },
    get nextOffset() {
      return nextOffset();
    },
    get lag() {
      const next = nextOffset();
      return next === undefined ? 0 : Math.max(0, Number(highWatermark - next));
    },
    fresh(records) {
      const from = afterLast;
      return from === undefined ? records : records.filter(({ offset }) => offset >= from);
    },
    handOut(records, newest) {
      const offsets = records.map(({ offset }) => offset);
      for (const offset of offsets) open.add(offset);
      const last = offsets.at(-1);
      if (last !== undefined) afterLast = last + 1n;
      highWatermark = newest;
      return { offsets, done: (index) => void open.delete(offsets[index] as KafkaOffset) };
    },
    halt(next) {
      const isEarlier = halted === undefined || next.offset < halted.offset;
      if (isEarlier) halted = next;
      return isEarlier;
    },
    abandon() {
      isAbandoned = true;
    },
  };
}
