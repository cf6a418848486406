import type { Logger } from '@hybridge/observability';
import { pause, retryTransient } from '@hybridge/runtime';
import type { CheckpointStore } from './checkpoint-store.ts';
import { isStreamError } from './errors.ts';
import type { BatchHandler, DataLoss } from './shard-reader.ts';
import { type StreamsClient, type TableClient, createStreamCalls } from './stream-calls.ts';
import { type StreamReaderDeps, readStream } from './stream-reader.ts';

/** The writes to a table, each handed out at least once and those to one item in their order. */
export interface StreamSource {
  /**
   * Reads until `signal` fires; then waits for the handlers under way and resolves.
   * @throws what `handle` throws, and permanent errors of the service; all other shards are stopped first
   */
  run(handle: BatchHandler, signal: AbortSignal): Promise<void>;
}

export interface StreamSourceDeps {
  readonly streams: StreamsClient;
  /** Tells the stream a table has. */
  readonly dynamodb: TableClient;
  readonly checkpoints: CheckpointStore;
  readonly logger: Logger;
  /** For metrics: loss is counted, not only logged. */
  readonly onDataLoss?: (loss: DataLoss) => void;
  readonly onRetry?: (error: unknown, attempt: number) => void;
}

export interface StreamSourceOptions {
  readonly tableName: string;
  /** Longest pause between reads of a shard that find nothing, milliseconds; default 100. */
  readonly idlePollMs?: number;
  /** How often new shards are looked for, milliseconds; default 2 000, and at once when a shard ends. */
  readonly discoveryIntervalMs?: number;
  /** First and longest pause before a failed call is repeated, milliseconds, with jitter; default 50 and 2 000. */
  readonly initialDelayMs?: number;
  readonly maxDelayMs?: number;
}

export function createStreamSource(deps: StreamSourceDeps, options: StreamSourceOptions): StreamSource {
  return {
    async run(handle, signal) {
      const reader = readerOf(deps, options, signal);
      while (!signal.aborted) {
        try {
          await readLatestStream(reader, handle, signal);
        } catch (error) {
          if (signal.aborted) return;
          if (!isStreamError(error, 'HYBRIDGE_SOURCE_STREAM_MISSING')) throw error;
          deps.logger.warn({ err: error }, 'no stream to read; looking again');
          await pause(reader.discoveryIntervalMs, signal);
        }
      }
    },
  };
}

async function readLatestStream(reader: StreamReaderDeps, handle: BatchHandler, signal: AbortSignal): Promise<void> {
  const streamArn = await reader.retry(() => reader.calls.latestStream(reader.tableName));
  reader.logger.info({ streamArn }, 'reading stream');
  await readStream(reader, streamArn, { handle, signal });
}

function readerOf(deps: StreamSourceDeps, options: StreamSourceOptions, signal: AbortSignal): StreamReaderDeps {
  return {
    calls: createStreamCalls(deps.streams, deps.dynamodb),
    checkpoints: deps.checkpoints,
    logger: deps.logger,
    onDataLoss: deps.onDataLoss ?? (() => undefined),
    retry: (task) =>
      retryTransient(task, {
        initialDelayMs: options.initialDelayMs ?? 50,
        maxDelayMs: options.maxDelayMs ?? 2_000,
        signal,
        onRetry: (error, attempt) => {
          deps.logger.warn({ err: error, attempt }, 'trying again');
          deps.onRetry?.(error, attempt);
        },
      }),
    idlePollMs: options.idlePollMs ?? 100,
    discoveryIntervalMs: options.discoveryIntervalMs ?? 2_000,
    tableName: options.tableName,
  };
}
