import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

export interface ChangeRequest {
  /** Of the document, at view-api. */
  readonly url: string;
  /** New values by attribute. */
  readonly set: object;
  readonly token: string | undefined;
}

export interface RepeatOptions {
  /** How long a request without an answer is sent again, milliseconds; 0: not at all. */
  readonly repeatForMs: number;
  readonly onRepeat: () => void;
}

const REQUEST_TIMEOUT_MS = 10_000;
const REPEAT_AFTER_MS = 200;

/**
 * Asks view-api for a change, again and again as the same change while nobody says what became of it.
 * @returns the id of the accepted change; undefined when it was refused
 * @throws when the last try had no answer, or a 5xx
 */
export async function sendChange(
  request: ChangeRequest,
  { repeatForMs, onRepeat }: RepeatOptions,
): Promise<string | undefined> {
  const idempotencyKey = repeatForMs > 0 ? randomUUID() : undefined;
  const deadline = performance.now() + repeatForMs;
  for (;;) {
    try {
      return await patch(request, idempotencyKey);
    } catch (error) {
      if (performance.now() >= deadline) throw error;
    }
    await delay(REPEAT_AFTER_MS);
    onRepeat();
  }
}

async function patch({ url, set, token }: ChangeRequest, idempotencyKey?: string): Promise<string | undefined> {
  const response = await fetch(url, {
    method: 'PATCH',
    headers: {
      'content-type': 'application/json',
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(set),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const body = await response.text();
  if (response.status >= 500) throw new Error(`view-api answered ${response.status}: ${body.slice(0, 200)}`);
  const { changeId, code } = JSON.parse(body) as { readonly changeId?: unknown; readonly code?: unknown };
  // A repeated request may learn that SQL has rejected the change meanwhile: it had been accepted.
  return response.ok || code === 'HYBRIDGE_API_CHANGE_REJECTED' ? String(changeId) : undefined;
}
