import type { Connection } from 'mysql2/promise';
import type { Client } from 'pg';
import pc from 'picocolors';
import type { BusTap } from '@hybridge/local-stack';
import type { ProductPages } from './product-page.ts';

/** What the scenes of the demonstration act on and speak through. */
export interface Stage {
  readonly sql: Client;
  /** The other database, in MariaDB. */
  readonly stockroom: Connection;
  readonly pages: Pick<ProductPages, 'read'>;
  readonly apiUrl: string;
  /** Of the customer the story is about. */
  readonly token: string;
  readonly bus: BusTap;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const PATIENCE_MS = 20_000;

/** Plays one scene and times it. @throws when something does not happen that should */
export async function scene(stage: Stage, title: string, play: (tell: Tell) => Promise<void>): Promise<void> {
  const began = performance.now();
  stage.say('');
  stage.say(pc.bold(title));
  await play((mark, text) => {
    const elapsed = `${Math.round(performance.now() - began)} ms`.padStart(8);
    stage.say(`${pc.dim(elapsed)}  ${mark}  ${text}`);
  });
}

export type Tell = (mark: string, text: string) => void;

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

export async function call(stage: Stage, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${stage.apiUrl}${path}`, {
    method,
    signal: AbortSignal.any([stage.signal, AbortSignal.timeout(PATIENCE_MS)]),
    headers: {
      authorization: `Bearer ${stage.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Answer['body']),
  };
}

/** Asks again until the answer fits. @throws naming what was awaited and the last answer */
export async function until<T>(
  stage: Stage,
  what: string,
  ask: () => Promise<T>,
  fits: (answer: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    stage.signal.throwIfAborted();
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`${what} did not happen within ${PATIENCE_MS / 1000} s; last seen: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** @throws when the demonstration shows something else than it promises */
export function check(condition: boolean, promise: string, found: unknown): void {
  if (!condition) throw new Error(`${promise}, but found ${JSON.stringify(found)}`);
}
