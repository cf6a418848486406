import { formatKey } from '@hybridge/protocol';
import { type Lanes, retryTransient } from '@hybridge/runtime';
import type { BatchResult, ChangeBatch, ChangeRecord, HandleBatch } from '@hybridge/source-kafka';
import type { Logger } from '@hybridge/observability';
import { type ApplyDeps, applyWork } from './apply.ts';
import { coalesce } from './coalesce.ts';
import { type DecodeOptions, decodeRecord } from './decode-record.ts';
import type { Work } from './work.ts';

export interface HandleDeps extends ApplyDeps {
  readonly lanes: Lanes;
  readonly logger: Logger;
  readonly decode: Omit<DecodeOptions, 'nowMs'>;
}

interface Failure {
  readonly offset: bigint;
  readonly cause: unknown;
}

/**
 * Applies a batch: items side by side, each item's changes in order. The batch is done up to the first record
 * whose work failed for good; transient failures are tried again until they pass or the app stops.
 */
export function createBatchHandler(deps: HandleDeps): HandleBatch {
  return async (batch, signal) => {
    const { work, unreadable } = decodeBatch(batch, deps);
    const failures = await applyAll(coalesce(work), deps, signal);
    deps.metrics.records.inc(work.length);
    const failure = earliest(unreadable === undefined ? failures : [...failures, unreadable]);
    deps.metrics.lag.set(
      { topic: batch.topic, partition: String(batch.partition) },
      Number(batch.highWatermark - endOf(batch)),
    );
    return failure === undefined ? { nextOffset: endOf(batch) } : resultOf(failure, signal);
  };
}

const endOf = (batch: ChangeBatch): bigint => (batch.records.at(-1) as ChangeRecord).offset + 1n;

function resultOf(failure: Failure, signal: AbortSignal): BatchResult {
  return signal.aborted
    ? { nextOffset: failure.offset } // stopped in the middle: the rest is redelivered
    : { nextOffset: failure.offset, halted: failure.cause };
}

/** Decodes up to the first record that cannot be read. */
function decodeBatch(batch: ChangeBatch, deps: HandleDeps): { work: Work[]; unreadable: Failure | undefined } {
  const options = { ...deps.decode, nowMs: deps.context.now() };
  const work: Work[] = [];
  for (const record of batch.records) {
    try {
      work.push(...decodeRecord(record, options));
    } catch (cause) {
      return { work, unreadable: { offset: record.offset, cause } };
    }
  }
  return { work, unreadable: undefined };
}

async function applyAll(work: readonly Work[], deps: HandleDeps, signal: AbortSignal): Promise<Failure[]> {
  const failures: Failure[] = [];
  await Promise.all(
    work.map((piece) =>
      deps.lanes
        .run(formatKey(piece.key), () => applyPatiently(piece, deps, signal))
        .catch((cause: unknown) => failures.push({ offset: piece.offsets.first, cause })),
    ),
  );
  return failures;
}

const applyPatiently = (work: Work, deps: HandleDeps, signal: AbortSignal): Promise<void> =>
  retryTransient(() => applyWork(work, deps), {
    signal,
    onRetry: (error, attempt) => {
      deps.metrics.retries.inc();
      deps.logger.warn({ err: error, attempt, key: formatKey(work.key) }, 'write failed, trying again');
    },
  });

const earliest = (failures: readonly Failure[]): Failure | undefined =>
  failures.reduce<Failure | undefined>(
    (first, next) => (first === undefined || next.offset < first.offset ? next : first),
    undefined,
  );
