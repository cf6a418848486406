import { type ItemKey, formatKey } from '@hybridge/protocol';

/** Nobody knows whether the put took effect, or still will. */
export class PutUnansweredError extends Error {
  override readonly name = 'PutUnansweredError';
  readonly code = 'HYBRIDGE_SINK_PUT_UNANSWERED';
  readonly retry = 'permanent';

  constructor(key: ItemKey, cause: unknown) {
    super(`${formatKey(key)}: a put got no answer: ${String(cause)}`, { cause });
  }
}

/** The put was not carried out, and no other will be: it was not sent, or DynamoDB wants none of this client's. */
export class PutsForbiddenError extends Error {
  override readonly name = 'PutsForbiddenError';
  readonly code = 'HYBRIDGE_SINK_PUTS_FORBIDDEN';
  readonly retry = 'permanent';
}
