import type { Logger } from '@hybridge/observability';
import { whenAborted } from '@hybridge/runtime';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { KafkaSourceError } from './errors.ts';
import { type ChangeRecord, type KafkaOffset, toChangeRecord } from './record.ts';

/** Records of one partition, in order. */
export interface ChangeBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly ChangeRecord[];
  /** Offset behind the newest record of the partition. */
  readonly highWatermark: KafkaOffset;
}

/** How far a batch is durably done. */
export interface BatchResult {
  /** First offset that is not done: what is committed. */
  readonly nextOffset: KafkaOffset;
  /** Why the partition cannot go on from `nextOffset`; it is paused until the process starts anew. */
  readonly halted?: unknown;
}

export type HandleBatch = (batch: ChangeBatch, signal: AbortSignal) => Promise<BatchResult>;

export interface ChangeSource {
  /** Consumes until the signal fires. Offsets are committed only up to what the handler says is done. */
  run(handle: HandleBatch, signal: AbortSignal): Promise<void>;
}

export interface ChangeSourceOptions {
  readonly topics: readonly string[];
  readonly groupId: string;
  /** Partitions handled side by side; default 12. */
  readonly partitionsConcurrently?: number;
  /** Most bytes of one fetch and partition; bounds the memory of a batch. Default 512 KiB. */
  readonly maxBytesPerPartition?: number;
  /** Called when a partition halts. */
  readonly onHalt?: (partition: string, cause: unknown) => void;
}

const HEARTBEAT_INTERVAL_MS = 2_000;

export function createChangeSource(
  deps: { readonly kafka: Kafka; readonly logger: Logger },
  options: ChangeSourceOptions,
): ChangeSource {
  return {
    async run(handle, signal) {
      const consumer = deps.kafka.consumer({
        groupId: options.groupId,
        sessionTimeout: 10_000,
        heartbeatInterval: HEARTBEAT_INTERVAL_MS,
        maxBytesPerPartition: options.maxBytesPerPartition ?? 512 * 1024,
        maxWaitTimeInMs: 500,
        minBytes: 1,
        allowAutoTopicCreation: false,
        retry: { retries: 10, restartOnFailure: () => Promise.resolve(!signal.aborted) },
      });
      const crashed = crashOf(consumer);
      try {
        await consumer.connect();
        await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: options.partitionsConcurrently ?? 12,
          eachBatch: (payload) => consumeBatch(payload, { handle, signal, consumer, options, logger: deps.logger }),
        });
        await Promise.race([crashed, whenAborted(signal)]);
      } finally {
        await consumer.disconnect();
      }
    },
  };
}

interface Consumption {
  readonly handle: HandleBatch;
  readonly signal: AbortSignal;
  readonly consumer: Consumer;
  readonly options: ChangeSourceOptions;
  readonly logger: Logger;
}

async function consumeBatch(payload: EachBatchPayload, run: Consumption): Promise<void> {
  const { batch } = payload;
  if (run.signal.aborted || payload.isStale() || batch.messages.length === 0) return;
  const records = batch.messages.map((message) => toChangeRecord(batch.topic, batch.partition, message));
  const result = await beating(payload, () =>
    run.handle(
      { topic: batch.topic, partition: batch.partition, records, highWatermark: BigInt(batch.highWatermark) },
      run.signal,
    ),
  );
  if (result.nextOffset > (records[0] as ChangeRecord).offset) {
    payload.resolveOffset(String(result.nextOffset - 1n));
    await commit(run.consumer, batch.topic, batch.partition, result.nextOffset);
  }
  if (result.halted !== undefined) {
    payload.pause();
    run.options.onHalt?.(`${batch.topic}[${batch.partition}] at offset ${result.nextOffset}`, result.halted);
  }
}

const commit = (consumer: Consumer, topic: string, partition: number, offset: KafkaOffset): Promise<void> =>
  consumer.commitOffsets([{ topic, partition, offset: String(offset) }]);

/** Keeps the group membership alive while a batch takes long. A failed heartbeat shows up at the commit. */
async function beating<T>(payload: EachBatchPayload, task: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void payload.heartbeat().catch(() => undefined), HEARTBEAT_INTERVAL_MS);
  try {
    return await task();
  } finally {
    clearInterval(timer);
  }
}

/** Rejects when kafkajs gives up for good. */
const crashOf = (consumer: Consumer): Promise<never> =>
  new Promise((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (payload.restart) return;
      reject(
        new KafkaSourceError('HYBRIDGE_SOURCE_KAFKA_UNAVAILABLE', `The consumer gave up: ${payload.error.message}`, {
          cause: payload.error,
        }),
      );
    });
  });
