import { setTimeout as delay } from 'node:timers/promises';
import { type Action, type Change, type Grounds, chooseActions } from './actions.ts';
import { type Database, openShop, openStockroom } from './databases.ts';
import { type Random, createRandom } from './random.ts';
import { sendChange } from './send-change.ts';

export interface TrafficOptions {
  /** A role that may change every table of the demo's retail database. */
  readonly sqlUrl: string;
  /** The same of its stock room, in MariaDB; without it that stays quiet. */
  readonly stockroomUrl?: string | undefined;
  /** Address of view-api; without it customers stay quiet. */
  readonly apiUrl?: string;
  /** A token for the customer of an id; without it customers ask without one. */
  readonly tokenFor?: (customerId: string) => Promise<string>;
  readonly ratePerSecond: number;
  /** Decides every choice; default 1. */
  readonly seed?: number;
  /** Share of customers' changes, 0 to 100; default 10. */
  readonly customerPercent?: number;
  /** Another stream of actions, without an end; default `chooseActions`. */
  readonly choose?: ((rows: Grounds, random: Random) => Iterator<Action, never>) | undefined;
  /** Ends by itself after so many actions; default never. */
  readonly actions?: number;
  /** Actions under way at the same time; default 16. What is due beyond that waits its turn. */
  readonly concurrency?: number;
  /**
   * How long a customer repeats a request that got no answer or a 5xx, milliseconds; each time as the same change
   * (`Idempotency-Key`). Default 0: it fails at once.
   */
  readonly repeatForMs?: number;
  /** Told of each action that failed; traffic goes on. */
  readonly onError?: (error: unknown, action: Action) => void;
}

/** A customer's change that view-api accepted: it must end applied or rejected, once. */
export interface AcceptedChange {
  readonly changeId: string;
  readonly view: string;
  /** Key as in addresses of view-api: parts with commas between them. */
  readonly id: string;
  /** New values by attribute. */
  readonly set: Change;
}

export interface TrafficCounters {
  /** Actions done, by name. */
  readonly done: Readonly<Record<string, number>>;
  readonly accepted: readonly AcceptedChange[];
  /** Customers' changes that view-api refused (4xx). */
  readonly refused: number;
  /** Requests that were sent once more. */
  readonly repeated: number;
  /** Actions that failed: no answer, or 5xx, to the last try. */
  readonly failed: number;
}

export interface Traffic extends AsyncDisposable {
  readonly counters: TrafficCounters;
  /** Settles when the number of actions asked for is done, or after `stop`. */
  readonly ended: Promise<TrafficCounters>;
  /** Ends traffic when what is under way is done. May be called twice. */
  stop(): Promise<TrafficCounters>;
}

const DEFAULTS = {
  seed: 1,
  customerPercent: 10,
  actions: Number.POSITIVE_INFINITY,
  concurrency: 16,
  repeatForMs: 0,
} as const;
const TICK_MS = 5;

/**
 * Starts background traffic on the demo database at a steady rate.
 * @throws when the database cannot be reached or has no rows to choose from
 */
export async function createTraffic(options: TrafficOptions): Promise<Traffic> {
  const { concurrency, customerPercent, actions, seed, repeatForMs } = { ...DEFAULTS, ...options };
  const { databases, rows, close } = await openGrounds(options, concurrency);
  const random = createRandom(seed);
  const stream =
    options.choose?.(rows, random) ?? chooseActions(rows, random, options.apiUrl === undefined ? 0 : customerPercent);
  const done: Record<string, number> = {};
  const accepted: AcceptedChange[] = [];
  const counters = { done, accepted, refused: 0, repeated: 0, failed: 0 };
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();

  const act = async (action: Action): Promise<void> => {
    try {
      if (action.kind === 'sql') await databaseOf(action).run(action.statements);
      else await requestChange(action);
      done[action.name] = (done[action.name] ?? 0) + 1;
    } catch (error) {
      counters.failed++;
      options.onError?.(error, action);
    }
  };
  const databaseOf = ({ database }: Action & { readonly kind: 'sql' }): Database => {
    const open = databases[database];
    if (open !== undefined) return open;
    throw new Error(`Traffic has no database ${database}: give createTraffic its URL.`);
  };
  const requestChange = async (action: Action & { readonly kind: 'customer' }): Promise<void> => {
    const answer = await sendChange(
      {
        url: `${options.apiUrl}/views/${action.view}/${action.id}`,
        set: action.set,
        token: await options.tokenFor?.(action.id),
      },
      { repeatForMs, onRepeat: () => counters.repeated++ },
    );
    if (answer === undefined) counters.refused++;
    else accepted.push({ changeId: answer, view: action.view, id: action.id, set: action.set });
  };

  const run = async (): Promise<TrafficCounters> => {
    const startedAt = performance.now();
    for (let issued = 0; issued < actions && !stopping.signal.aborted;) {
      const due = Math.min(actions, Math.floor(((performance.now() - startedAt) / 1000) * options.ratePerSecond) + 1);
      while (issued < due && underWay.size < concurrency) {
        const action: Promise<void> = act(stream.next().value).finally(() => underWay.delete(action));
        underWay.add(action);
        issued++;
      }
      await delay(TICK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await Promise.all(underWay);
    await close();
    return counters;
  };

  const ended = run();
  const stop = (): Promise<TrafficCounters> => {
    stopping.abort();
    return ended;
  };
  return { counters, ended, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

interface OpenGrounds {
  readonly databases: { readonly [Name in keyof Grounds]: Database | undefined };
  readonly rows: Grounds;
  close(): Promise<void>;
}

async function openGrounds({ sqlUrl, stockroomUrl }: TrafficOptions, connections: number): Promise<OpenGrounds> {
  await using opened = new AsyncDisposableStack();
  const shop = opened.use(await openShop(sqlUrl, connections));
  const stockroom = stockroomUrl === undefined ? undefined : await openStockroom(stockroomUrl, connections);
  opened.use(stockroom);
  const kept = opened.move();
  return {
    databases: { shop, stockroom },
    rows: { shop: shop.rows, stockroom: stockroom?.rows },
    close: () => kept.disposeAsync(),
  };
}
