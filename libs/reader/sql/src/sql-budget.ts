import { TokenBucket } from 'limiter';
import { SqlReadError } from './errors.ts';

export interface SqlBudgetOptions {
  /** Statements started a second, over any second at most this many and `burst` more. */
  readonly queriesPerSecond: number;
  /** Statements that may start at once after a pause; default a twentieth of a second's, at least 2. */
  readonly burst?: number;
  /** Reads under way at a time; keep it at or below the connections of the pool. */
  readonly concurrency: number;
  /** Reads that may stand in line, or have a place there; one more is refused at once. */
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
  /**
   * Keeps a place in line for a task that is not ready yet; those behind it that are ready pass by.
   * @throws SqlReadError HYBRIDGE_READER_SQL_BUSY when the line is full
   */
  reserve(): SqlPlace;
  /** Why a task would be refused now; undefined: it would be started, or stand in line. */
  refusal(): SqlReadError | undefined;
  readonly running: number;
  /** Those with a place among them. */
  readonly waiting: number;
}

/** A place in line, good for one task. */
export interface SqlPlace {
  /** As `SqlBudget.run`, from this place; the wait begins now. */
  readonly run: SqlBudget['run'];
  /** For a task that will not come. Does nothing to one that runs or stands in line. */
  release(): void;
}

interface Waiting {
  statements: number;
  /** Undefined: the task is not ready. */
  start: (() => void) | undefined;
}

/** The least `burst`: a read with a proof is two statements. */
const MIN_BURST = 2;

/** Not all who are refused come again, so that a long time would be too long. */
const MOST_RETRY_AFTER_MS = 30_000;

/** @throws RangeError for a bound that lets nothing through */
export function createSqlBudget(options: SqlBudgetOptions): SqlBudget {
  const { queriesPerSecond, concurrency, maxWaiting, maxWaitMs, onAdmitted, onRefused } = options;
  const burst = options.burst ?? Math.max(MIN_BURST, Math.floor(queriesPerSecond / 20));
  assertBounds({ ...options, burst });
  const tokens = new TokenBucket({ bucketSize: burst, tokensPerInterval: queriesPerSecond, interval: 1_000 });
  tokens.content = burst;
  const line = new Set<Waiting>();
  const intervalMs = 1_000 / queriesPerSecond;
  let running = 0;
  /** When the last one refused was told to come again. */
  let lastReturn = 0;
  let wakeUp: NodeJS.Timeout | undefined;

  const letIn = (): void => {
    clearTimeout(wakeUp);
    for (const first of line) {
      if (first.start === undefined) continue; // not ready
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
  /** Those who could start at once do not stand in line. */
  const isFull = (): boolean => {
    tokens.drip();
    return line.size >= maxWaiting + Math.min(concurrency - running, Math.floor(tokens.content));
  };
  /** Those refused before come first: all told the same would come together, and most of them in vain. */
  const nextReturn = (now: number): number => {
    const ofLine = now + (line.size + 1) * intervalMs;
    return Math.min(Math.max(ofLine, lastReturn + intervalMs), now + MOST_RETRY_AFTER_MS);
  };
  const refusalOf = (why: BudgetRefusal): SqlReadError => {
    const now = performance.now();
    return busy(why, Math.ceil(nextReturn(now) - now));
  };
  const refuse = (why: BudgetRefusal): SqlReadError => {
    onRefused?.(why);
    const refusal = refusalOf(why);
    lastReturn = nextReturn(performance.now());
    return refusal;
  };
  const admitted = (place: Waiting, statements: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const since = performance.now();
      const deadline = setTimeout(() => {
        line.delete(place);
        reject(refuse('late'));
        letIn(); // whoever stood behind may need less
      }, maxWaitMs);
      place.statements = Math.min(statements, burst);
      place.start = () => {
        clearTimeout(deadline);
        onAdmitted?.(performance.now() - since);
        resolve();
      };
      line.add(place);
      letIn();
    });
  const reserve = (): SqlPlace => {
    if (isFull()) throw refuse('full');
    const place: Waiting = { statements: 1, start: undefined };
    line.add(place);
    return {
      release: () => void (place.start === undefined && line.delete(place)),
      async run(task, statements = 1) {
        await admitted(place, statements);
        try {
          return await task();
        } finally {
          running--;
          letIn();
        }
      },
    };
  };

  return {
    get running() {
      return running;
    },
    get waiting() {
      return line.size;
    },
    refusal: () => (isFull() ? refusalOf('full') : undefined),
    reserve,
    run: async (task, statements) => reserve().run(task, statements),
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
