import type {
  Attributes,
  CustomerChange,
  Decision,
  Item,
  Lease,
  PendingChange,
  RowChange,
  SettleSignal,
  Truth,
} from '@hybridge/protocol';
import type { Budgets } from './configuration.ts';

/** The SQL row; null where it does not exist. */
export type Row = Attributes | null;

/** One committed SQL transaction, or a row read by a snapshot (which is no transaction and not in the log). */
export interface Commit {
  /** Place in commit order, from 1; also the transaction's id. A snapshot row stands half way between two. */
  readonly number: number;
  readonly epoch: number;
  readonly major: number;
  /** Positions of the row change and of the inbox row within the log. */
  readonly rowMinor: number;
  readonly inboxMinor: number;
  /** The row afterwards; undefined when the transaction did not touch it. */
  readonly row?: Row;
  /** The event carries column `a` only: the other one is unchanged and too large to be logged again. */
  readonly partial?: boolean;
  readonly inbox?: Answer;
  readonly snapshot?: boolean;
  /** No column that the view shows has changed, and the event shows that. */
  readonly noop?: boolean;
  /** Lost by a failover. */
  readonly lost?: boolean;
}

/** SQL's answer to a customer's change, with what it proves of the row. */
export interface Answer {
  readonly id: string;
  readonly out: 'A' | 'R';
  readonly image: Truth | undefined;
}

export interface KafkaRecord {
  readonly commit: Commit;
  /** Sent again by a connector that was restarted. */
  readonly again?: boolean;
  /** Older than half the life of a tombstone. */
  readonly aged?: boolean;
}

/** One partition; a record's offset is its index. */
export interface Topic {
  readonly records: readonly KafkaRecord[];
  /** First offset that is not committed. */
  readonly committed: number;
}

/** An operation on the item, as the shipped decide functions know it. */
export type Task =
  | RowTask
  | { readonly kind: 'settle'; readonly signal: SettleSignal }
  | { readonly kind: 'change'; readonly change: CustomerChange }
  | { readonly kind: 'repair' }
  /** A record of a parked key whose version cannot be read. */
  | { readonly kind: 'park' };

export interface RowTask {
  readonly kind: 'row';
  readonly change: RowChange;
  /** Records this one write does for; default 1. */
  readonly covers?: number;
  /** The key was parked when the work began. */
  readonly parked?: boolean;
  /** A bulk loader puts the row in the place of whatever is there. */
  readonly put?: boolean;
}

/** An operation between two calls to DynamoDB. */
export interface Flight {
  readonly task: Task;
  readonly next: Decision<string>;
  /** Whether the item is still as it was when `next` was decided. */
  readonly fresh: boolean;
  /** The operation left a fence that it has to fill: the fill, once it has the lease. */
  readonly filling?: { readonly fill: Fill | undefined };
}

/** A fill between lease and write. A lost lease has the token `former`. */
export interface Fill {
  readonly lease: Lease;
  /** What SQL said, once it was asked. */
  readonly read?: { readonly row: Row };
}

/** A command on its way to SQL. */
export interface Message {
  readonly pending: readonly PendingChange[];
  readonly sweep: boolean;
}

/** The writeback worker inside a message. */
export interface Work {
  readonly message: Message;
  readonly index: number;
  /** It found no row and will say so, holding no lock. */
  readonly missing: boolean;
}

export interface Ending {
  readonly out: 'A' | 'R';
  /** How often the change took effect in SQL. */
  readonly applied: number;
}

/** A record that could not be applied, and what became of its key. */
export interface Parking {
  /** Number of the record's commit. */
  readonly poison: number;
  /** parked: later records wait behind it · released: the item is to be repaired · repairing · over */
  readonly phase: 'parked' | 'released' | 'repairing' | 'over';
}

/** The first load of a view. */
export interface Load {
  /** planned: nobody has claimed the table · loading · left: the loader is dead, nobody is served yet · open */
  readonly phase: 'planned' | 'loading' | 'left' | 'open';
  /** Offset of the loader's next record: all before it are done. */
  readonly at: number;
  /** Whether the loader puts; not any more once a request of it got no answer. */
  readonly puts: boolean;
}

export interface State {
  readonly log: readonly Commit[];
  /** Commits of the log that readers can see; at most one is not visible yet, and it holds the row's lock. */
  readonly visible: number;
  readonly epoch: number;
  readonly rows: Topic;
  readonly inbox: Topic;
  readonly projector: Flight | undefined;
  readonly settler: Flight | undefined;
  /** A projector that lost its partition and does not know. */
  readonly zombie: Flight | undefined;
  readonly item: Item | undefined;
  /** Readers that are filling the item. */
  readonly fills: readonly Fill[];
  readonly customer: Flight | undefined;
  /** Another customer, at the same time. */
  readonly rival: Flight | undefined;
  /** Changes asked for so far. */
  readonly asked: number;
  readonly accepted: readonly PendingChange[];
  readonly repairer: Flight | undefined;
  readonly loader: Flight | undefined;
  /** A request of a loader that nobody waits for the answer of: it may take effect at any time, or never. */
  readonly ghost: Flight | undefined;
  readonly parking: Parking | undefined;
  readonly load: Load | undefined;
  readonly queue: readonly Message[];
  readonly work: Work | undefined;
  readonly endings: { readonly [id: string]: Ending };
  /** An open snapshot window: commits before it, and the row once read. */
  readonly snapshot: { readonly from: number; readonly read?: { readonly row: Row } } | undefined;
  /** The operator has to read the key again on the new primary. */
  readonly reread: boolean;
  readonly budgets: Budgets;
  /** A rule that was broken on the way here. */
  readonly broken: string | undefined;
}

/** Names of the flights in a state. */
export const FLIGHTS = ['projector', 'settler', 'zombie', 'customer', 'rival', 'repairer', 'loader', 'ghost'] as const;
export type FlightName = (typeof FLIGHTS)[number];
