import type { ChangeBatch, ChangeRecord } from '@hybridge/source-kafka';

/** A batch as the source hands it over, with what was said about its records. */
export interface TestBatch extends ChangeBatch {
  /** Offsets of the records done, in the order they were. */
  readonly doneOffsets: readonly number[];
  readonly halts: readonly { readonly offset: number; readonly cause: unknown }[];
  abandon(): void;
}

export function batchOf(
  records: readonly ChangeRecord[],
  { topic, partition }: Pick<ChangeBatch, 'topic' | 'partition'> = records[0] ?? { topic: 't', partition: 0 },
): TestBatch {
  const doneOffsets: number[] = [];
  const halts: { offset: number; cause: unknown }[] = [];
  let isGone = false;
  const offsetOf = (index: number): number => Number((records[index] as ChangeRecord).offset);
  return {
    topic,
    partition,
    records,
    doneOffsets,
    halts,
    abandon: () => void (isGone = true),
    isAbandoned: (index) => isGone || halts.some(({ offset }) => offsetOf(index) > offset),
    done: (index) => void doneOffsets.push(offsetOf(index)),
    halt: (index, cause) => void halts.push({ offset: offsetOf(index), cause }),
  };
}
