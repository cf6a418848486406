import { formatKey } from '@hybridge/protocol';
import type { Logger } from '@hybridge/observability';
import { type KeyedQueue, createBudget, createKeyedQueue } from '@hybridge/runtime';
import type { ChangeHandler, ChangeRecord } from '@hybridge/source-kafka';
import type { ProjectorMetrics } from '../metrics.ts';
import { type RecordPlace, type Work, laneOf } from '../work.ts';
import { type Receipt, type Task, isAbandoned, mergeTask } from './task.ts';

export interface EngineOptions {
  /** Whose records it takes, for the metrics. */
  readonly source: string;
  /** What a record means. @throws what makes the record's partition halt */
  readonly read: (record: ChangeRecord) => readonly Work[];
  /** Carries one piece of work to its end. Transient errors are tried again; any other halts the record's partition. */
  readonly apply: (work: Work, place: () => RecordPlace) => Promise<void>;
  /** Items written side by side. */
  readonly concurrency: number;
  /** Bytes of records in hand before no more are asked for. */
  readonly maxPendingBytes: number;
  readonly metrics: ProjectorMetrics;
  readonly logger: Logger;
}

/**
 * Writes items side by side, over batches and partitions, each item's changes in order, and each row's where items move.
 * Changes of an item that wait for the one before them become one. A record is reported done when all its work is, in whatever order that happens.
 */
export function createEngine(options: EngineOptions): ChangeHandler {
  const { source, metrics, logger } = options;
  const budget = createBudget(options.maxPendingBytes);
  const queue: KeyedQueue<Task> = createKeyedQueue<Task>({
    concurrency: options.concurrency,
    run: (task) => (isAbandoned(task) ? Promise.resolve() : options.apply(task.work, () => placeOf(task))),
    merge: mergeTask,
    onRetry: (task, error, attempt) => {
      metrics.retries.inc();
      const level = attempt < LOUD_AFTER_ATTEMPTS ? 'debug' : 'warn';
      logger[level]({ err: error, attempt, key: formatKey(task.work.key) }, 'write failed, trying again');
    },
    onEnd: (task, error) => {
      for (const receipt of task.receipts) finish(receipt, error);
    },
  });

  const finish = (receipt: Receipt, error: unknown): void => {
    if (error !== undefined) {
      receipt.hasFailed = true;
      receipt.batch.halt(receipt.index, error);
    }
    if (--receipt.remaining > 0) return;
    budget.give(receipt.bytes);
    metrics.pendingBytes.set({ source }, budget.used);
    if (receipt.hasFailed || receipt.batch.isAbandoned(receipt.index)) return;
    metrics.records.inc();
    receipt.batch.done(receipt.index);
  };

  const takeRecord = (batch: Receipt['batch'], index: number, record: ChangeRecord): void => {
    const work = options.read(record);
    if (work.length === 0) return batch.done(index);
    const bytes = sizeOf(record);
    const receipt: Receipt = { batch, index, offset: record.offset, bytes, remaining: work.length, hasFailed: false };
    budget.take(bytes);
    for (const piece of work) queue.add(formatKey(laneOf(piece)), { work: piece, receipts: [receipt] });
  };

  return {
    take({ records, ...batch }) {
      let index = 0;
      try {
        for (const record of records) takeRecord(batch, index++, record);
      } catch (cause) {
        batch.halt(index - 1, cause);
      }
      metrics.pendingBytes.set({ source }, budget.used);
      return budget.room();
    },
    stop: () => queue.stop(),
  };
}

/** The newest of the records a task does the work of. */
function placeOf({ receipts }: Task): RecordPlace {
  const { batch, offset } = receipts.at(-1) as Receipt;
  return { topic: batch.topic, partition: batch.partition, offset };
}

/** Failures before a retry is worth a warning: a throttled table makes many. */
const LOUD_AFTER_ATTEMPTS = 4;

/** What a record in hand takes, over and above its texts. */
const RECORD_OVERHEAD_BYTES = 256;

const sizeOf = ({ key, value }: ChangeRecord): number =>
  RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
