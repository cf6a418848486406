import type { ChangeBatch, KafkaOffset } from '@hybridge/source-kafka';
import type { Work } from '../work.ts';
import { mergeWork } from './merge.ts';

/** One record in hand: done when all the work it led to is. */
export interface Receipt {
  /** Without its records: one that takes long must not hold on to the others, which are in hand no more. */
  readonly batch: Omit<ChangeBatch, 'records'>;
  /** Index of the record in its batch. */
  readonly index: number;
  readonly offset: KafkaOffset;
  /** What it takes of the memory bound. */
  readonly bytes: number;
  /** Pieces of work that are not done. */
  remaining: number;
  hasFailed: boolean;
}

/** One thing to do to one item, for one record or several. */
export interface Task {
  work: Work;
  readonly receipts: Receipt[];
}

/** Lays a task over a waiting one, if one write can do for both. */
export function mergeTask(waiting: Task, next: Task): boolean {
  const merged = mergeWork(waiting.work, next.work);
  if (merged === undefined) return false;
  waiting.work = merged;
  waiting.receipts.push(...next.receipts);
  return true;
}

/** Nobody waits for it: every partition it came from went to another consumer, or halted before it. */
export const isAbandoned = ({ receipts }: Task): boolean =>
  receipts.every(({ batch, index }) => batch.isAbandoned(index));
