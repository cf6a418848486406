import type { Logger } from '@hybridge/observability';
import { whenAborted } from '@hybridge/runtime';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { type Assignment, createAssignment } from './assignment.ts';
import { type Commits, createCommits } from './commits.ts';
import { KafkaSourceError } from './errors.ts';
import type { HandedOut, PartitionProgress } from './partition-progress.ts';
import { type ChangeRecord, type KafkaOffset, toChangeRecord } from './record.ts';

/** Records of one partition, in order, handed over to the handler. */
export interface ChangeBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly ChangeRecord[];
  /**
   * Whether a record, by its index, needs no doing here any more: its partition went to another consumer, or halted
   * before it. What comes behind a halt must not be written: the record that failed would then seem old when it comes again.
   */
  isAbandoned(index: number): boolean;
  /** Says that a record, by its index, is durably done. */
  done(index: number): void;
  /** Says that the partition cannot go past a record; nothing more of it comes until it is assigned anew. */
  halt(index: number, cause: unknown): void;
}

export interface ChangeHandler {
  /**
   * Takes a batch over. Resolves when there is room for another, long before its records are done; until then no more
   * comes of its partition, and after a while records of others do.
   */
  take(batch: ChangeBatch): Promise<void>;
  /** Begins nothing more; resolves when nothing runs any more. */
  stop(): Promise<void>;
}

export interface ChangeSource {
  /** Consumes until the signal fires. Offsets are committed exactly up to the first record that is not done. */
  run(handler: ChangeHandler, signal: AbortSignal): Promise<void>;
}

export interface ChangeSourceOptions {
  readonly topics: readonly string[];
  readonly groupId: string;
  /** Partitions handed over side by side; default 12. */
  readonly partitionsConcurrently?: number;
  /** Most bytes of one fetch and partition; default 256 KiB. A single larger record still comes. */
  readonly maxBytesPerPartition?: number;
  /** Most bytes of one fetch; default 2 MiB. */
  readonly maxBytes?: number;
  /** Between commits, milliseconds; default 500. */
  readonly commitIntervalMs?: number;
  /** How long the group waits for a sign of life, milliseconds; default 10 000. */
  readonly sessionTimeoutMs?: number;
  /** Called when a partition halts, anew for an earlier record, and without a cause when it is given up or begun anew. */
  readonly onHalt?: (partition: string, cause: unknown) => void;
  /** Called at each commit with what is not done yet, in records. */
  readonly onLag?: (topic: string, partition: number, lag: number) => void;
}

const HEARTBEAT_INTERVAL_MS = 2_000;

export function createChangeSource(
  deps: { readonly kafka: Kafka; readonly logger: Logger },
  options: ChangeSourceOptions,
): ChangeSource {
  return {
    async run(handler, signal) {
      const consumer = createConsumer(deps.kafka, options, signal);
      const assignment = createAssignment();
      const commits = createCommits({ consumer, assignment, logger: deps.logger }, options);
      const consumption = { handler, signal, consumer, assignment, options };
      const crashed = crashOf(consumer);
      followGroup(consumption, commits);
      try {
        await consumer.connect();
        await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: options.partitionsConcurrently ?? 12,
          eachBatch: (payload) => consumeBatch(payload, consumption),
        });
        await Promise.race([crashed, whenAborted(signal)]);
      } finally {
        await handler.stop();
        await commits.stop();
        await consumer.disconnect();
      }
    },
  };
}

const createConsumer = (kafka: Kafka, options: ChangeSourceOptions, signal: AbortSignal): Consumer =>
  kafka.consumer({
    groupId: options.groupId,
    sessionTimeout: options.sessionTimeoutMs ?? 10_000,
    heartbeatInterval: HEARTBEAT_INTERVAL_MS,
    maxBytesPerPartition: options.maxBytesPerPartition ?? 256 * 1024,
    maxBytes: options.maxBytes ?? 2 * 1024 * 1024,
    maxWaitTimeInMs: 500,
    minBytes: 1,
    allowAutoTopicCreation: false,
    retry: { retries: 10, restartOnFailure: () => Promise.resolve(!signal.aborted) },
  });

interface Consumption {
  readonly handler: ChangeHandler;
  readonly signal: AbortSignal;
  readonly consumer: Consumer;
  readonly assignment: Assignment;
  readonly options: ChangeSourceOptions;
}

/** A rebalance takes partitions away and starts fetches anew from what is committed: commit before, forget after. */
function followGroup({ consumer, assignment, options }: Consumption, commits: Commits): void {
  consumer.on(consumer.events.REBALANCING, () => void commits.commit());
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    for (const lost of assignment.joined(payload.memberId, payload.memberAssignment)) {
      if (lost.halted === undefined) continue;
      consumer.resume([{ topic: lost.topic, partitions: [lost.partition] }]); // whoever gets it tries anew
      options.onHalt?.(nameOf(lost), undefined);
    }
  });
}

const nameOf = ({ topic, partition }: { topic: string; partition: number }): string => `${topic}[${partition}]`;

async function consumeBatch(payload: EachBatchPayload, run: Consumption): Promise<void> {
  const { batch } = payload;
  const last = batch.messages.at(-1);
  if (run.signal.aborted || payload.isStale() || last === undefined) return;
  const progress = run.assignment.of(batch.topic, batch.partition);
  if (progress === undefined) return;
  if (progress.halted !== undefined) return void payload.pause();
  const records = progress.fresh(
    batch.messages.map((message) => toChangeRecord(batch.topic, batch.partition, message)),
  );
  const room =
    records.length === 0
      ? Promise.resolve()
      : run.handler.take(handOut(progress, records, { highWatermark: BigInt(batch.highWatermark), run }));
  payload.resolveOffset(last.offset); // the next fetch goes on behind it; commits follow what is done
  if (await beatingUntil(room, payload, run.signal)) return;
  const resume = payload.pause(); // whoever has room for records of other topics gets them meanwhile
  void room.then(resume);
}

/** What a record that takes long holds on to is the batch without its records: they are as large as a fetch. */
function handOut(
  progress: PartitionProgress,
  records: readonly ChangeRecord[],
  { highWatermark, run }: { highWatermark: KafkaOffset; run: Consumption },
): ChangeBatch {
  return { ...reportsOf(progress, progress.handOut(records, highWatermark), run.options), records };
}

const reportsOf = (
  progress: PartitionProgress,
  { offsets, done }: HandedOut,
  { onHalt }: ChangeSourceOptions,
): Omit<ChangeBatch, 'records'> => ({
  topic: progress.topic,
  partition: progress.partition,
  isAbandoned(index) {
    const { isAbandoned, halted } = progress;
    return isAbandoned || (halted !== undefined && (offsets[index] as KafkaOffset) > halted.offset);
  },
  done,
  halt(index, cause) {
    if (progress.isAbandoned || !progress.halt({ offset: offsets[index] as KafkaOffset, cause })) return;
    onHalt?.(nameOf(progress), cause);
  },
});

/** How long nothing is fetched of any topic while there is no room for records of one. */
const PATIENCE_MS = 1_000;

/**
 * Waits for room with signs of life to the group, but not for long. While no batch is asked for, nothing is fetched: the
 * back-pressure. Once the signal has fired there may never be room again.
 * @returns whether there is room
 * @throws what the heartbeat throws when the group rebalances, so that kafkajs joins anew
 */
async function beatingUntil(room: Promise<void>, payload: EachBatchPayload, signal: AbortSignal): Promise<boolean> {
  const until = performance.now() + PATIENCE_MS;
  let hasRoom = false;
  const freed = room.then(() => void (hasRoom = true));
  do {
    let timer: NodeJS.Timeout | undefined;
    const beat = new Promise<void>((resolve) => (timer = setTimeout(resolve, HEARTBEAT_INTERVAL_MS / 4)));
    await Promise.race([freed, beat]);
    clearTimeout(timer);
    await payload.heartbeat();
  } while (!hasRoom && !signal.aborted && performance.now() < until);
  return hasRoom;
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
