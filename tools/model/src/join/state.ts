import type {
  ChildFlight,
  CustomerChange,
  Decision,
  Item,
  ItemKey,
  Lease,
  Outcome,
  Seen,
  Write,
} from '@hybridge/protocol';
import type { Budgets } from './configuration.ts';

/** Rows as SQL has them; null where there is none. Links are names of parents, empty for none. */
export type ChildRow = { readonly n: string; readonly links: Readonly<Record<string, string>> } | null;
export type ParentRow = { readonly name: string; readonly brand: string } | null;

export interface ChildCommit {
  readonly child: number;
  readonly row: ChildRow;
  /** The event lacks column `n`, which is large and unchanged. */
  readonly inParts?: boolean;
  /** The answer to a customer's change, with the row as it was then. */
  readonly answer?: Outcome;
}

export interface ParentCommit {
  readonly parent: string;
  readonly row: ParentRow;
  /** The event says that the row is another one, and not which. */
  readonly touched?: boolean;
}

export const TOPICS = ['children', 'inbox', 'parents', 'brands'] as const;
export type TopicName = (typeof TOPICS)[number];

/** Indexes into a log, in the order of delivery. */
export interface Topic {
  readonly records: readonly number[];
  readonly committed: number;
}

export type Task =
  | { readonly kind: 'row'; readonly at: number; readonly covers: number }
  | { readonly kind: 'settle'; readonly at: number }
  | { readonly kind: 'parent' | 'brand'; readonly at: number; readonly covers: number }
  | { readonly kind: 'fill'; readonly child: number; readonly lease: Lease; readonly row: ChildRow }
  | {
      readonly kind: 'fill base';
      readonly of: 'parent';
      readonly parent: string;
      readonly lease: Lease;
      readonly row: ParentRow;
    }
  | { readonly kind: 'repair'; readonly child: number };

/** Telling the children of some parents, one after another. */
export interface FanOut {
  /** Partition keys of base items whose children have not been told. */
  readonly todo: readonly string[];
  /** Of the parent at hand: references that are left, and the base item. */
  readonly page?: {
    readonly parent: string;
    readonly references: readonly Item[];
    readonly base?: { readonly item: Item | undefined };
    /** The next call for the first reference. */
    readonly next?: { readonly seen: Seen; readonly decision: Decision<string> };
  };
}

/** An operation between two calls. */
export interface Flight {
  readonly task: Task;
  /** Of the item it works on. */
  readonly key: ItemKey;
  /** Records that are done with when it is over; a fill stands for the record that asked for it. */
  readonly covers: number;
  readonly work: ChildFlight<string>;
  /** Answers so far to the calls of one step of the machine, which are made one by one. */
  readonly answers: readonly (Item | undefined | { readonly ok: boolean; readonly item: Item | undefined })[];
  /** References that a naive design puts at the end. */
  readonly late: readonly Write[];
  /** After the machine: nothing yet, the children, a job, or a fill. */
  readonly after?: FanOut | 'job' | 'lease' | { readonly lease: Lease } | 'over';
}

/** A worker between two calls: a job as it was read, and its page. */
export interface Worker {
  readonly job: Item;
  readonly fanOut?: FanOut;
  readonly page?: { readonly count: number; readonly last: string | undefined; readonly more: boolean };
}

/** A customer between reading the item and writing. */
export interface Customer {
  readonly change: CustomerChange;
  readonly decision: Decision<string>;
}

export interface JoinState {
  readonly childLog: readonly ChildCommit[];
  readonly parentLog: readonly ParentCommit[];
  readonly brandLog: readonly ParentCommit[];
  readonly children: readonly ChildRow[];
  readonly parents: Readonly<Record<string, ParentRow>>;
  readonly topics: Readonly<Record<TopicName, Topic>>;
  readonly consumers: Readonly<Partial<Record<TopicName, Flight>>>;
  readonly zombie: Flight | undefined;
  readonly reader: Flight | undefined;
  readonly repairer: Flight | undefined;
  readonly worker: Worker | undefined;
  readonly zombieWorker: Worker | undefined;
  readonly customer: Customer | undefined;
  /** Changes that SQL has not answered. */
  readonly asked: readonly CustomerChange[];
  /** By `pk|sk`. */
  readonly items: Readonly<Record<string, Item>>;
  /** References that a query does not show yet. */
  readonly hidden: readonly string[];
  readonly budgets: Budgets;
  readonly broken: string | undefined;
}
