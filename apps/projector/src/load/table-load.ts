import type { Logger } from '@hybridge/observability';
import { type ItemStore, type ProtocolContext } from '@hybridge/protocol';
import { type BulkWriter } from '@hybridge/sink-dynamodb';
import type { OffsetReader } from '@hybridge/source-kafka';
import type { ProjectorMetrics } from '../metrics.ts';
import type { ItemScan } from '../truncate/sweep.ts';
import type { RecordPlace, RowWork, Work } from '../work.ts';
import { type Clock } from './clock.ts';
import { enterTable } from './enter-table.ts';
import { type FirstLoad, type LoadEnd, createFirstLoad } from './first-load.ts';
import { followLoad } from './follow-load.ts';
import { createNewestMarker } from './newest.ts';

/** What the projector does about who is served from its table: waits, loads it first, or neither. */
export interface TableLoad {
  /**
   * Claims the table, or waits while another projector loads it; begins the load when that is ours. Before it, nothing may
   * be written to the table.
   * @throws permanent errors of the store
   */
  begin(signal: AbortSignal): Promise<void>;
  /** Resolves when the table is open, or will not be opened by this process. After `begin`. */
  readonly opened: Promise<void>;
  /** Notes what a record says for the load; for every record, in their order. */
  read(record: RecordPlace, work: readonly Work[]): readonly Work[];
  /** As `FirstLoad`; false when nothing is being loaded. */
  put(work: RowWork): Promise<boolean>;
  /** As `FirstLoad`; nothing when nothing is being loaded. */
  end(reason: LoadEnd): Promise<void>;
  /** Whether a put may leave now. */
  mayPut(): boolean;
  /** What is going on, for `/health`. */
  notes(): readonly string[];
}

export interface TableLoadDependencies {
  /** For the register. */
  readonly store: ItemStore;
  readonly items: ItemScan;
  readonly writer: BulkWriter;
  readonly offsets: Pick<OffsetReader, 'extents' | 'committedOffsets'>;
  readonly clock: Clock;
  readonly context: ProtocolContext;
  readonly metrics: ProjectorMetrics;
  readonly logger: Logger;
}

export interface TableLoadOptions {
  /** Whether a table that nobody was served from is loaded by puts. */
  readonly bulk: boolean;
  /** How long the right to load lasts without being renewed. Milliseconds. */
  readonly leaseMs: number;
  /** Longest time in which a request without an answer may still take effect. Milliseconds. */
  readonly graceMs: number;
  /** That are loaded. */
  readonly topics: readonly string[];
}

export function createTableLoad(deps: TableLoadDependencies, options: TableLoadOptions): TableLoad {
  const { metrics } = deps;
  const mark = createNewestMarker();
  let isWaiting = false;
  let load: FirstLoad | undefined;
  let opened = Promise.resolve();

  const onWaiting = (waits: boolean): void => {
    isWaiting = waits;
    metrics.loadWaiting.set(waits ? 1 : 0);
  };

  return {
    async begin(signal) {
      const lease = await enterTable({ ...deps, ...options, onWaiting }, signal);
      if (lease === undefined || signal.aborted) return;
      load = createFirstLoad({ ...deps, lease, graceMs: options.graceMs, signal });
      void followLoad({ ...deps, load, topics: options.topics }, signal);
      opened = load.ended;
    },
    get opened() {
      return opened;
    },
    read: (record, work) => (load?.isLoading === true ? mark(record, work) : work),
    put: (work) => load?.put(work) ?? Promise.resolve(false),
    end: (reason) => load?.end(reason) ?? Promise.resolve(),
    mayPut: () => load?.mayPut() === true,
    notes() {
      if (isWaiting) return ['waits while another projector loads the table'];
      return load === undefined || load.isOpen ? [] : ['loads the table: nobody is served from it yet'];
    },
  };
}
