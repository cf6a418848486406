import { ViewMode } from '@hybridge/protocol';

/** What may happen how often, other than work of the system itself. */
export interface Budgets {
  /** Transactions of other SQL users. */
  readonly sql: number;
  /** Reads through the view that find no answer in it. */
  readonly reads: number;
  /** Leases that run out while their holder is only slow. */
  readonly leaseExpiry: number;
  /** Negative answers, fences and tombstones that reach their end. */
  readonly expiry: number;
  /** Projectors, settlers and readers that die between two steps. */
  readonly crash: number;
  /** Partitions taken from a projector that keeps going. */
  readonly zombie: number;
  /** Connectors that send a suffix again. */
  readonly replay: number;
  readonly duplicate: number;
  readonly loss: number;
  readonly writebackCrash: number;
  /** Incremental snapshots of the row. */
  readonly snapshot: number;
  readonly failover: number;
  /** Single-item repairs. */
  readonly repair: number;
  /** Idle live items of a lazy view that reach the end of their life. */
  readonly eviction: number;
  /** Records that cannot be applied, for a reason nobody knows yet: their key is parked. */
  readonly poison: number;
  /** Bulk loaders that die, with or without a request under way. */
  readonly loaderDeath: number;
  /** Requests of a living bulk loader that get no answer: they may still take effect. */
  readonly lostAnswer: number;
}

/** `update-c` changes a column that no view shows. */
export type SqlOperation = 'insert' | 'update-a' | 'update-b' | 'update-c' | 'delete' | 'oversize';
export type CustomerOperation = 'update-a' | 'update-b' | 'insert' | 'delete';

/** One row, one item, and a budget for everything that may happen to them. */
export interface Configuration {
  readonly name: string;
  readonly mode: ViewMode;
  /** Whether the row exists at the beginning; default true. */
  readonly rowExists: boolean;
  /** Whether the topic carries the row's first event; false while a view is rebuilt. */
  readonly captured: boolean;
  readonly sqlOperations: readonly SqlOperation[];
  /** The customer's changes, in order. */
  readonly changes: readonly CustomerOperation[];
  /** Whether the next change may be on its way before the one before it is written. */
  readonly rivals: boolean;
  readonly policy: 'sql-wins' | 'customer-wins';
  /** Where the row lives first; with `dynamodb` customers win, and SQL makes and overwrites rows as they want. */
  readonly primary: 'sql' | 'dynamodb';
  /** Updates of column `a` make events that lack column `b`. */
  readonly partialEvents: boolean;
  /** The item takes whole rows only (layout `document`), so that a partial event says no more than "another row". */
  readonly wholeRows: boolean;
  /** Customers insert only where the item says that there is no row, as the SDK does; otherwise over unknown keys too. */
  readonly fillsFirst: boolean;
  /** Commits can be decoded from the log before readers see them. */
  readonly decodedFirst: boolean;
  /** The projector joins records that it has in its hands. */
  readonly merges: boolean;
  /** Whether it can read the version of a record that it cannot apply. */
  readonly poison: 'with version' | 'without version';
  /** A bulk loader fills the view before anybody is served, by puts that nothing can refuse. */
  readonly loads: boolean;
  readonly budgets: Budgets;
}

const NOTHING: Budgets = {
  sql: 0,
  reads: 0,
  leaseExpiry: 0,
  expiry: 0,
  crash: 0,
  zombie: 0,
  replay: 0,
  duplicate: 0,
  loss: 0,
  writebackCrash: 0,
  snapshot: 0,
  failover: 0,
  repair: 0,
  eviction: 0,
  poison: 0,
  loaderDeath: 0,
  lostAnswer: 0,
};

export type ConfigurationInput = Partial<Omit<Configuration, 'name' | 'budgets'>> & {
  readonly budgets?: Partial<Budgets>;
};

/** Defaults: an eager view of a row that exists; other users may do anything; nothing fails. */
export function configuration(name: string, input: ConfigurationInput): Configuration {
  return {
    mode: ViewMode.eager,
    rowExists: true,
    captured: true,
    sqlOperations: ['insert', 'update-a', 'delete'],
    changes: [],
    policy: 'sql-wins',
    primary: 'sql',
    partialEvents: false,
    wholeRows: false,
    fillsFirst: false,
    rivals: false,
    decodedFirst: true,
    merges: false,
    poison: 'with version',
    loads: false,
    ...input,
    name,
    budgets: { ...NOTHING, ...input.budgets },
  };
}
