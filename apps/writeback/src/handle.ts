import type { Logger } from '@hybridge/observability';
import { formatKey } from '@hybridge/protocol';
import { type Lanes, retryTransient } from '@hybridge/runtime';
import type { HandleMessages, QueueMessage } from '@hybridge/source-sqs';
import type { Catalog } from '@hybridge/views';
import { type ApplyDeps, applyCommand } from './apply-command.ts';
import { MessageMalformedError } from './errors.ts';
import { parseCommand } from './wire.ts';

export interface HandleDeps extends ApplyDeps {
  readonly catalog: Catalog;
  /** Commands of one item one after another, of different items side by side. */
  readonly lanes: Lanes;
  readonly logger: Logger;
  /** Ends waiting for SQL or DynamoDB. */
  readonly signal: AbortSignal;
}

/**
 * Tries in place while SQL or DynamoDB does not answer: about ten minutes. An outage so costs no receipts, of which
 * each message has only a few before it goes to the DLQ.
 */
const IN_PLACE_ATTEMPTS = 60;

/** Carries out commands. Messages that could not be carried out are named, and so come again. */
export function createHandler(deps: HandleDeps): HandleMessages {
  return async (messages) => {
    const done = await Promise.all(messages.map((message) => handleMessage(message, deps)));
    return { failed: messages.filter((_, index) => !done[index]).map((message) => message.id) };
  };
}

/** @returns whether the message is done with */
async function handleMessage(message: QueueMessage, deps: HandleDeps): Promise<boolean> {
  const facts = { messageId: message.id, receiveCount: message.receiveCount };
  try {
    const command = parseCommand(message.body, deps.catalog);
    const sentAt = command.sentAt ?? message.sentAt;
    await deps.lanes.run(formatKey(command.itemKey), () =>
      retryTransient(() => applyCommand(command, sentAt, deps), {
        maxAttempts: IN_PLACE_ATTEMPTS,
        signal: deps.signal,
        onRetry: (error, attempt) => {
          deps.metrics.retries.inc();
          deps.logger.warn({ err: error, attempt, ...facts }, 'command not carried out yet, trying again');
        },
      }),
    );
    deps.metrics.messages.inc({ outcome: 'handled' });
    return true;
  } catch (error) {
    const malformed = error instanceof MessageMalformedError;
    deps.metrics.messages.inc({ outcome: malformed ? 'malformed' : 'failed' });
    deps.logger.error({ err: error, ...facts }, malformed ? 'message is left to the DLQ' : 'message will come again');
    return false;
  }
}
