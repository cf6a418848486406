import { TokenBucket } from 'limiter';
import { SqlReadError } from './errors.ts';

export interface SqlBudgetOptions {
  /** Statements started a second, over any second at most this many and `burst` more. */
  readonly queriesPerSecond: number;
  /** Statements that may start at once after a pause; default a twentieth of a second's, at least 2. */
  readonly burst?: number;
  /** Reads under way at a time; keep it at or below the connections of the pool. */
  readonly concurrency: number;
  /** Reads that may stand in line; one more is refused at once. */
  readonly maxWaiting: number;
  /** Longest a read stands in line before it is refused, milliseconds. Keep it well below the lease of a fill. */
  readonly maxWaitMs: number;
  /** A read was let in, after so many milliseconds in line. */
  readonly onAdmitted?: (waitedMs: number) => void;
  readonly onRefused?: (why: BudgetRefusal) => void;
}

/** `full`: too many in line · `late`: too long in line. */
export type BudgetRefusal = 'full' | 'late';

/** What one process may ask of SQL. Whoever comes first is let in first. */
export interface SqlBudget {
  /**
   * @param statements how many the task runs; default 1, at most `burst`
   * @throws SqlReadError HYBRIDGE_READER_SQL_BUSY when the task was not started; else what the task throws
   */
  run<T>(task: () => Promise<T>, statements?: number): Promise<T>;
  /** Why a task would be refused now; undefined: it would be started, or stand in line. */
  refusal(): SqlReadError | undefined;
  readonly running: number;
  readonly waiting: number;
}

interface Waiting {
  readonly statements: number;
  readonly start: () => void;
}

/** The least `burst`: a read with a proof is two statements. */
const MIN_BURST = 2;

/** @throws RangeError for a bound that lets nothing through */
export function createSqlBudget(options: SqlBudgetOptions): SqlBudget {
  const { queriesPerSecond, concurrency, maxWaiting, maxWaitMs, onAdmitted, onRefused } = options;
  const burst = options.burst ?? Math.max(MIN_BURST, Math.floor(queriesPerSecond / 20));
  assertBounds({ ...options, burst });
  const tokens = new TokenBucket({ bucketSize: burst, tokensPerInterval: queriesPerSecond, interval: 1_000 });
  tokens.content = burst;
  const line = new Set<Waiting>();
  let running = 0;
  let wakeUp: NodeJS.Timeout | undefined;

  const letIn = (): void => {
    clearTimeout(wakeUp);
    for (const first of line) {
      if (running >= concurrency) return; // whoever ends lets the next one in
      if (!tokens.tryRemoveTokens(first.statements)) {
        wakeUp = setTimeout(letIn, Math.max(1, tokens.getWaitTime(first.statements)));
        return;
      }
      line.delete(first);
      running++;
      first.start();
    }
  };
  const refusalOf = (why: BudgetRefusal): SqlReadError =>
    busy(why, Math.ceil(((line.size + 1) / queriesPerSecond) * 1_000));
  const refuse = (why: BudgetRefusal): SqlReadError => {
    onRefused?.(why);
    return refusalOf(why);
  };
  const admitted = (statements: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const since = performance.now();
      const start = (): void => {
        clearTimeout(deadline);
        onAdmitted?.(performance.now() - since);
        resolve();
      };
      const waiting: Waiting = { statements: Math.min(statements, burst), start };
      const turnAway = (why: BudgetRefusal): void => {
        clearTimeout(deadline);
        line.delete(waiting);
        reject(refuse(why));
        letIn(); // whoever stood behind may need less
      };
      const deadline = setTimeout(() => turnAway('late'), maxWaitMs);
      line.add(waiting);
      letIn();
      if (line.size > maxWaiting && line.has(waiting)) turnAway('full');
    });

  return {
    get running() {
      return running;
    },
    get waiting() {
      return line.size;
    },
    refusal: () => (line.size > 0 && line.size >= maxWaiting ? refusalOf('full') : undefined),
    async run(task, statements = 1) {
      await admitted(statements);
      try {
        return await task();
      } finally {
        running--;
        letIn();
      }
    },
  };
}

const WHY: Readonly<Record<BudgetRefusal, string>> = {
  full: 'as many reads as may stand in line already do',
  late: 'the read stood in line as long as it may',
};

const busy = (why: BudgetRefusal, retryAfterMs: number): SqlReadError =>
  new SqlReadError('HYBRIDGE_READER_SQL_BUSY', `The budget for reads of SQL is spent: ${WHY[why]}. Try again later.`, {
    retryAfterMs,
    cause: undefined,
  });

function assertBounds({ queriesPerSecond, concurrency, burst, maxWaiting, maxWaitMs }: SqlBudgetOptions): void {
  const positive = { queriesPerSecond, concurrency };
  const atLeast = { burst: [burst, MIN_BURST], maxWaiting: [maxWaiting, 0], maxWaitMs: [maxWaitMs, 0] } as const;
  for (const [name, value] of Object.entries(positive)) {
    if (!(value > 0)) throw new RangeError(`${name} of a SQL budget is ${value}; give more than 0.`);
  }
  for (const [name, [value = MIN_BURST, least]] of Object.entries(atLeast)) {
    if (!(value >= least)) throw new RangeError(`${name} of a SQL budget is ${value}; give at least ${least}.`);
  }
}
