import type { Logger } from '@hybridge/observability';
import type { Provenance } from '@hybridge/protocol';
import { pause, retryTransient } from '@hybridge/runtime';
import {
  type PartitionOffsets,
  type TruncateMark,
  clearMark,
  markKey,
  readMark,
  setMark,
  setMarkEnds,
} from './mark.ts';
import { type SweepDependencies, type SweepOptions, type TablePlace, sweepTable } from './sweep.ts';

/** A TRUNCATE as the log tells of it. */
export interface TruncateEvent extends Provenance, TablePlace {}

export interface TruncateSweeper {
  /**
   * Sweeps the items of the table that are older than the event, and leaves a durable mark, so that they are swept
   * again when nothing older can come. The record that carries the event is done when this returns, not before.
   *
   * Takes as long as a scan of the view table and a write of every item of the table: the caller keeps its place in the
   * consumer group meanwhile.
   * @throws permanent errors of the store, the signal's reason; transient ones are tried again
   */
  truncated(event: TruncateEvent, signal: AbortSignal): Promise<void>;
  /** Looks at every mark once and does what is due. @returns tables that still wait for their last sweep */
  sweepDue(signal: AbortSignal): Promise<readonly TablePlace[]>;
  /** `sweepDue` again and again, until the signal fires. Never throws. */
  run(signal: AbortSignal): Promise<void>;
}

export interface TruncateSweeperDependencies extends SweepDependencies {
  /** Of the topic of a table. */
  readonly endOffsets: (table: TablePlace) => Promise<PartitionOffsets>;
  /** Of the consumer group, for the topic of a table; partitions nothing was committed for are missing or negative. */
  readonly committedOffsets: (table: TablePlace) => Promise<PartitionOffsets>;
  readonly logger: Logger;
  /** Told after every look: how many tables wait. */
  readonly onWaiting?: (tables: number) => void;
}

export interface TruncateSweeperOptions extends Partial<SweepOptions> {
  /** The consumer group whose offsets count. */
  readonly groupId: string;
  /**
   * How long a record that was sent before the TRUNCATE may take to reach its partition: the producer's
   * `delivery.timeout.ms`, and a margin for clocks. Milliseconds; default 180 000.
   */
  readonly deliveryMs?: number;
  /** Pause between looks at the marks, milliseconds; default 10 000. */
  readonly intervalMs?: number;
}

const DEFAULTS = { concurrency: 16, ratePerSecond: undefined, deliveryMs: 180_000, intervalMs: 10_000 } as const;

/**
 * Empties views of a truncated table (protocol, "TRUNCATE").
 *
 * The event has no key, so it says nothing of other partitions: older rows may still come there and make items anew.
 * They all are in the topic `deliveryMs` after the event; how far it reaches then is noted, and once the group is past
 * that, the last sweep takes what came.
 */
export function createTruncateSweeper(
  deps: TruncateSweeperDependencies,
  given: TruncateSweeperOptions,
): TruncateSweeper {
  const options = { ...DEFAULTS, ...given };
  const { store, catalog, context, logger } = deps;
  const keyOf = (table: TablePlace) => markKey(table, options.groupId);
  const sweep = (table: TablePlace, truncation: Provenance, signal: AbortSignal): Promise<number> =>
    sweepTable(table, truncation, deps, { ...options, signal });

  /** @returns whether the table still waits */
  const advance = async (table: TablePlace, mark: TruncateMark, signal: AbortSignal): Promise<boolean> => {
    if (context.now() < mark.notBefore) return true;
    if (mark.endOffsets === undefined) {
      await store.write(setMarkEnds(keyOf(table), mark, await deps.endOffsets(table)));
      return true;
    }
    if (!isPast(mark.endOffsets, await deps.committedOffsets(table))) return true;
    const items = await sweep(table, mark, signal);
    const until = context.now() + context.limits.tombstoneTtlMs;
    const cleared = await store.write(clearMark(keyOf(table), mark, until));
    logger.info({ ...table, version: mark.version, items }, 'swept for the last time after a TRUNCATE');
    return !cleared.ok;
  };

  const sweepDue = async (signal: AbortSignal): Promise<readonly TablePlace[]> => {
    const waiting: TablePlace[] = [];
    for (const { source, name } of catalog.tables) {
      signal.throwIfAborted();
      const place = { source: source.name, table: name };
      const mark = readMark(await store.get(keyOf(place)));
      if (mark !== undefined && (await advance(place, mark, signal))) waiting.push(place);
    }
    deps.onWaiting?.(waiting.length);
    return waiting;
  };

  return {
    sweepDue,

    async truncated(event, signal) {
      const { source, table, version } = event;
      if (catalog.byTable(source, table).length === 0) return;
      const notBefore = context.now() + options.deliveryMs;
      const marked = await retryTransient(() => store.write(setMark(keyOf(event), event, notBefore)), { signal });
      if (!marked.ok && readMark(marked.item) === undefined) {
        throw new Error(
          `The mark of the TRUNCATE of ${source}.${table} was refused, and there is no other; nothing was swept.`,
        );
      }
      logger.warn({ source, table, version }, 'the table was truncated: sweeping its items');
      const items = await sweep(event, event, signal);
      logger.info({ source, table, version, items }, 'swept for the first time after a TRUNCATE');
    },

    async run(signal) {
      while (!signal.aborted) {
        await sweepDue(signal).catch((error: unknown) => {
          if (!signal.aborted) logger.warn({ err: error }, 'marks of TRUNCATE not handled, trying again');
        });
        await pause(options.intervalMs, signal);
      }
    },
  };
}

/** An empty partition has nothing to be read. */
const isPast = (ends: PartitionOffsets, committed: PartitionOffsets): boolean =>
  [...ends].every(([partition, end]) => end === 0n || (committed.get(partition) ?? -1n) >= end);
