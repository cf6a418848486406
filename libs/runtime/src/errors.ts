/** Whether trying the same again can help. Loops decide by this, never by message text. */
export type RetryClass = 'transient' | 'permanent';

/** An error that says whether to try again. Adapters throw these; anything else counts as permanent. */
export interface Retryable {
  readonly retry: RetryClass;
}

export const isTransient = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && (error as Partial<Retryable>).retry === 'transient';

/** Settings that do not fit; lists every problem at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'HYBRIDGE_RUNTIME_CONFIG_INVALID';
  readonly retry = 'permanent';
  readonly problems: readonly string[];

  constructor(app: string, problems: readonly string[]) {
    super(`${app} cannot start, its settings do not fit:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}
