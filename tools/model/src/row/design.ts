import {
  type Item,
  type PendingChange,
  type Write,
  decideCustomerChange,
  decideRepair,
  decideRowChange,
  decideSettle,
  fillUnstorableWrite,
  fillWrite,
  leaseWrite,
  mergeRowChanges,
  pendingOf,
} from '@hybridge/protocol';
import { decideChange } from '@hybridge/sink-sql';
import type { Answer, Commit, KafkaRecord, Row } from './state.ts';

/** Every decision of the system that the model takes. `SHIPPED` is what runs; others change one part of it. */
export interface Design {
  readonly decideRowChange: typeof decideRowChange;
  readonly decideSettle: typeof decideSettle;
  readonly decideCustomerChange: typeof decideCustomerChange;
  readonly leaseWrite: typeof leaseWrite;
  readonly fillWrite: typeof fillWrite;
  readonly fillUnstorableWrite: typeof fillUnstorableWrite;
  readonly decideRepair: typeof decideRepair;
  readonly mergeRowChanges: typeof mergeRowChanges;
  readonly decideChange: typeof decideChange;
  /** The condition that is sent for a write. */
  readonly conditionOf: (write: Write) => string;
  /** What a write that succeeded leaves behind. */
  readonly leaves: (write: Write, item: Item) => Item | undefined;
  /** Where a commit stands, for the version of its events. */
  readonly positionOf: (commit: Commit, of: 'row' | 'inbox') => { readonly major: number; readonly minor: number };
  /** What the command after a customer's change carries. */
  readonly messageOf: (item: Item) => readonly PendingChange[];
  /** What a refusal of a change to a missing row says of the row. */
  readonly missingImage: Answer['image'];
  /** A fill that carries another version than its lease. */
  readonly restampFill: ((write: Write, commits: number) => Write) | undefined;
  /** Whether a reader needs a lease to fill what is missing. */
  readonly leases: boolean;
  /** Whether fills wait until SQL shows the fence's transaction. */
  readonly provesFills: boolean;
  /** Whether SQL remembers which changes it answered. */
  readonly remembersAnswers: boolean;
  /** Whether changes that wait too long are sent again. */
  readonly sweeps: boolean;
  /** Whether replayed snapshot rows are known to be old. */
  readonly marksAged: boolean;
  /** Assumption A1: a fence outlives the time in which its commit is invisible to readers. */
  readonly fenceOutlivesLag: boolean;
  /** Assumption A2: a tombstone outlives stuck writers and snapshot rows on their way. */
  readonly tombstoneOutlivesWriters: boolean;
  /** Whether a failover raises the epoch. */
  readonly raisesEpoch: boolean;
  /** Whether the key is read again after a failover. */
  readonly rereads: boolean;
  /** Whether an idle live item outlives the time in which its last commit is invisible to readers. */
  readonly idleOutlivesLag: boolean;
  /** Whether every change of an item's columns is taken for a customer's change. */
  readonly relaysEverything: boolean;
  /** When updates that change nothing the view shows are not written: in views that are served, or always. */
  readonly skipsNoops: 'served' | 'always';
  /** Whether a key whose poison record has no version is released only when every reader sees that record's commit. */
  readonly releasesVisible: boolean;
  /** Whether the projector looks, after it put a record aside, if the key was released meanwhile. */
  readonly looksAgain: boolean;
  /** Whether a bulk loader puts a whole row. `isNewest`: its version is above all before it in its partition. */
  readonly isPut: (record: KafkaRecord, isNewest: boolean) => boolean;
  /** Whether the projector goes on, after a loader, from a record whose writes were all answered. */
  readonly loaderTellsAnswered: boolean;
  /** Whether a loader whose request got no answer goes on only when that request cannot take effect any more. */
  readonly loaderWaits: boolean;
  /** Whether a loaded view is opened only when no request of its loader can be under way. */
  readonly opensAfterGrace: boolean;
  /** Whether the projector waits until the view is open. */
  readonly projectorWaits: boolean;
  /** Whether readers and customers wait until the view is open. */
  readonly visitorsWait: boolean;
}

export const SHIPPED: Design = {
  decideRowChange,
  decideSettle,
  decideCustomerChange,
  leaseWrite,
  fillWrite,
  fillUnstorableWrite,
  decideRepair,
  mergeRowChanges,
  decideChange,
  conditionOf: (write) => write.condition,
  leaves: (_write, item) => item,
  positionOf: (commit, of) => ({ major: commit.major, minor: of === 'row' ? commit.rowMinor : commit.inboxMinor }),
  messageOf: pendingOf,
  missingImage: undefined,
  restampFill: undefined,
  leases: true,
  provesFills: true,
  remembersAnswers: true,
  sweeps: true,
  marksAged: true,
  fenceOutlivesLag: true,
  tombstoneOutlivesWriters: true,
  raisesEpoch: true,
  rereads: true,
  idleOutlivesLag: true,
  relaysEverything: false,
  skipsNoops: 'served',
  releasesVisible: true,
  looksAgain: true,
  isPut: (_record, isNewest) => isNewest,
  loaderTellsAnswered: true,
  loaderWaits: true,
  opensAfterGrace: true,
  projectorWaits: true,
  visitorsWait: true,
};

/** @returns the row as a value of the protocol: undefined where there is none */
export const columnsOfRow = (row: Row) => row ?? undefined;
