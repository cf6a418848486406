import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Logger } from '@hybridge/observability';
import { pause, retryTransient } from '@hybridge/runtime';
import { type QueueCalls, createQueueCalls } from './queue-calls.ts';
import type { QueueMessage, Receipt } from './queue-message.ts';
import { redeliveryDelay } from './redelivery-delay.ts';

export interface QueueSourceOptions {
  readonly queueUrl: string;
  readonly logger: Logger;
  /** Batches handled side by side; default 2. Each poller has at most ten messages in hand. */
  readonly pollers?: number;
  /** How long a message in hand stays invisible to others, seconds; default 30. Renewed while its handler runs. */
  readonly visibilitySeconds?: number;
  /** How often that is renewed, milliseconds; default a third of it. */
  readonly renewEveryMs?: number;
  /** First wait of a failed message, seconds; default 2. Doubles with every failure. */
  readonly redeliveryBaseSeconds?: number;
  /** Longest wait of a failed message, seconds; default 900. */
  readonly redeliveryMaxSeconds?: number;
}

/** Ids of the messages to be handed out again; all others of the batch are deleted. */
export interface HandledBatch {
  readonly failed: readonly string[];
}

export type HandleMessages = (messages: readonly QueueMessage[]) => Promise<HandledBatch>;

/** Messages of one SQS queue, at least once each, in no order. */
export interface QueueSource {
  /**
   * Polls until the signal fires, then waits for running handlers and gives back or deletes their messages.
   * A handler that throws has failed its whole batch.
   * @throws QueueSourceError (permanent) when the queue cannot be read at all
   */
  run(handle: HandleMessages, signal: AbortSignal): Promise<void>;
}

const DEFAULTS = {
  pollers: 2,
  visibilitySeconds: 30,
  redeliveryBaseSeconds: 2,
  redeliveryMaxSeconds: 900,
} as const;

export const createQueueSource = (client: SQSClient, options: QueueSourceOptions): QueueSource =>
  createQueueSourceOf(createQueueCalls(client, options.queueUrl), options);

/** The same over any implementation of the calls: tests bring their own. */
export function createQueueSourceOf(calls: QueueCalls, options: QueueSourceOptions): QueueSource {
  const settings = { ...DEFAULTS, ...options };
  return {
    async run(handle, signal) {
      const failure = new AbortController();
      const stop = AbortSignal.any([signal, failure.signal]);
      const pollers = Array.from({ length: settings.pollers }, () =>
        poll(calls, settings, handle, stop).catch((error: unknown) => {
          failure.abort();
          throw error;
        }),
      );
      const ends = await Promise.allSettled(pollers);
      const broken = ends.find((end) => end.status === 'rejected');
      if (broken !== undefined) throw broken.reason;
    },
  };
}

type Settings = QueueSourceOptions & { readonly [Name in keyof typeof DEFAULTS]: number };

async function poll(calls: QueueCalls, settings: Settings, handle: HandleMessages, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const receipts = await receive(calls, settings, stop);
    if (receipts.length > 0) await work(calls, settings, handle, receipts);
  }
}

async function receive(calls: QueueCalls, settings: Settings, stop: AbortSignal): Promise<readonly Receipt[]> {
  try {
    return await retryTransient(() => calls.receive(settings.visibilitySeconds, stop), {
      signal: stop,
      onRetry: (error, attempt, delayMs) => {
        if (!stop.aborted)
          settings.logger.warn({ err: error, attempt, delayMs }, 'queue does not answer, trying again');
      },
    });
  } catch (error) {
    if (stop.aborted) return [];
    throw error;
  }
}

async function work(
  calls: QueueCalls,
  settings: Settings,
  handle: HandleMessages,
  receipts: readonly Receipt[],
): Promise<void> {
  const done = new AbortController();
  const renewal = renew(calls, settings, receipts, done.signal);
  const failed = await failedIds(settings, handle, receipts);
  done.abort();
  await renewal;
  await finish(calls, settings, receipts, failed);
}

async function failedIds(
  settings: Settings,
  handle: HandleMessages,
  receipts: readonly Receipt[],
): Promise<ReadonlySet<string>> {
  try {
    return new Set((await handle(receipts.map((receipt) => receipt.message))).failed);
  } catch (error) {
    settings.logger.error({ err: error, messages: receipts.length }, 'handler failed, its messages will come again');
    return new Set(receipts.map((receipt) => receipt.message.id));
  }
}

/** Keeps messages in hand invisible to others; if that fails somebody else may handle them too, which is harmless. */
async function renew(
  calls: QueueCalls,
  settings: Settings,
  receipts: readonly Receipt[],
  done: AbortSignal,
): Promise<void> {
  const everyMs = settings.renewEveryMs ?? (settings.visibilitySeconds * 1_000) / 3;
  for (;;) {
    await pause(everyMs, done);
    if (done.aborted) return;
    const lost = await calls.keepInvisible(receipts, () => settings.visibilitySeconds);
    if (lost.length > 0) settings.logger.warn({ messages: idsOf(lost) }, 'messages in hand could not be kept');
  }
}

async function finish(
  calls: QueueCalls,
  settings: Settings,
  receipts: readonly Receipt[],
  failed: ReadonlySet<string>,
): Promise<void> {
  const delays = { baseSeconds: settings.redeliveryBaseSeconds, maxSeconds: settings.redeliveryMaxSeconds };
  const [undeleted, unreturned] = await Promise.all([
    calls.remove(receipts.filter((receipt) => !failed.has(receipt.message.id))),
    calls.keepInvisible(
      receipts.filter((receipt) => failed.has(receipt.message.id)),
      (receipt) => redeliveryDelay(receipt.message.receiveCount, delays, Math.random()),
    ),
  ]);
  if (undeleted.length > 0) {
    settings.logger.warn({ messages: idsOf(undeleted) }, 'handled messages could not be deleted and will come again');
  }
  if (unreturned.length > 0) {
    settings.logger.warn({ messages: idsOf(unreturned) }, 'failed messages come again without back-off');
  }
}

const idsOf = (receipts: readonly Receipt[]): string[] => receipts.map((receipt) => receipt.message.id);
