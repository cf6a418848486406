import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  type FailureReason,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import { SqlReadError } from './errors.ts';

/** closed: reads go through · open: all are refused · half-open: one is tried, the others are refused. */
export const BreakerState = { closed: 'closed', open: 'open', halfOpen: 'half-open' } as const;
export type BreakerState = (typeof BreakerState)[keyof typeof BreakerState];

export interface SqlBreakerOptions {
  /** Reads in a row that SQL did not answer in time, or at all, before the breaker opens; default 5. */
  readonly consecutiveFailures?: number;
  /** How long it stays open before one read is tried, milliseconds; default 1 000. */
  readonly halfOpenAfterMs?: number;
  readonly onState?: (state: BreakerState) => void;
  readonly onRefused?: () => void;
}

/** Keeps reads away from a database that does not answer, so that it can come back and nobody waits for it. */
export interface SqlBreaker {
  /** @throws SqlReadError HYBRIDGE_READER_SQL_UNAVAILABLE when the task was not started; else what the task throws */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Why a task would be refused now; undefined: it would be tried. */
  refusal(): SqlReadError | undefined;
  readonly state: BreakerState;
}

const DEFAULTS = { consecutiveFailures: 5, halfOpenAfterMs: 1_000 } as const;

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: BreakerState.closed,
  [CircuitState.Open]: BreakerState.open,
  [CircuitState.Isolated]: BreakerState.open,
  [CircuitState.HalfOpen]: BreakerState.halfOpen,
};

/** What SQL did not answer. A budget that refused, a statement that SQL refused and a bug say nothing of its health. */
const isUnanswered = (error: unknown): boolean =>
  error instanceof SqlReadError &&
  (error.code === 'HYBRIDGE_READER_SQL_UNAVAILABLE' || error.code === 'HYBRIDGE_READER_SQL_TIMEOUT');

export function createSqlBreaker(options: SqlBreakerOptions = {}): SqlBreaker {
  const { consecutiveFailures, halfOpenAfterMs } = { ...DEFAULTS, ...options };
  const policy = circuitBreaker(handleWhen(isUnanswered), {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(consecutiveFailures),
  });
  let openedAt = 0;
  policy.onStateChange((state) => {
    if (state === CircuitState.Open) openedAt = Date.now();
    options.onState?.(STATES[state]);
  });

  const unavailable = (retryAfterMs: number): SqlReadError =>
    new SqlReadError(
      'HYBRIDGE_READER_SQL_UNAVAILABLE',
      `SQL did not answer ${consecutiveFailures} reads in a row and is left alone for a while. Try again later.`,
      { retryAfterMs: Math.max(1, retryAfterMs), cause: causeOf(policy.lastFailure) },
    );
  const refusal = (): SqlReadError | undefined => {
    // Others would wait for the one that is tried, which may take as long as a connection may.
    if (policy.state === CircuitState.HalfOpen) return unavailable(halfOpenAfterMs);
    const leftMs = openedAt + halfOpenAfterMs - Date.now();
    return policy.state === CircuitState.Open && leftMs > 0 ? unavailable(leftMs) : undefined;
  };

  return {
    get state() {
      return STATES[policy.state];
    },
    refusal,
    async run(task) {
      const refused = refusal();
      if (refused !== undefined) {
        options.onRefused?.();
        throw refused;
      }
      try {
        return await policy.execute(task);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        options.onRefused?.();
        throw unavailable(1);
      }
    },
  };
}

const causeOf = (failure: FailureReason<unknown> | undefined): unknown =>
  failure !== undefined && 'error' in failure ? failure.error : undefined;
