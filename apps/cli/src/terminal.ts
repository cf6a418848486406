import type { Environment } from '@hybridge/runtime';

/** What a command has of the world outside. */
export interface Terminal {
  /** Writes lines to standard output. */
  out(text: string): void;
  /** Writes lines to standard error. */
  err(text: string): void;
  readonly environment: Environment;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** JSON for programs; bytes as base64. */
export const toJson = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, part: unknown) => (part instanceof Uint8Array ? Buffer.from(part).toString('base64') : part),
    2,
  );
