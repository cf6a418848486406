import type { Logger } from '@hybridge/observability';
import {
  type FanOutPorts,
  type ItemKey,
  type ItemStore,
  type ProtocolContext,
  type RefreshCounts,
  baseKeyOf,
} from '@hybridge/protocol';
import type { RowReader } from '@hybridge/reader-sql';
import {
  createDynamoDbClient,
  createItemReader,
  createItemStore,
  createPartitionReader,
} from '@hybridge/sink-dynamodb';
import { type Catalog, ViewError, tellOthers } from '@hybridge/views';
import type { ProjectorConfig } from '../config.ts';
import type { ProjectorMetrics } from '../metrics.ts';
import { createJobLane } from './job-lane.ts';
import { withOvergrown } from './overgrown.ts';

export interface FanOutDependencies {
  readonly catalog: Catalog;
  /** For children that become too large. */
  readonly rows: RowReader;
  readonly context: ProtocolContext;
  readonly metrics: ProjectorMetrics;
  readonly logger: Logger;
}

export interface FanOut extends Disposable {
  /** Tells the rows that embed the one of a base item; raises a job where they are many. @throws what the ports throw */
  tellOthers(parent: ItemKey): Promise<void>;
  /** Carries out jobs until the signal fires. Never throws. */
  run(signal: AbortSignal): Promise<void>;
  /** For `/health`. */
  notes(): readonly string[];
}

/**
 * @param ports the engine's own, for what is told at once; jobs have clients of their own, and so does not wait behind them
 *   what is fresh
 */
export function openFanOut(
  { dynamodb, fanOut }: Pick<ProjectorConfig, 'dynamodb' | 'fanOut'>,
  deps: FanOutDependencies,
  ports: { readonly store: ItemStore; readonly partitions: FanOutPorts['partitions'] },
): FanOut {
  const { catalog, rows, context, metrics, logger } = deps;
  const { relations } = catalog;
  const { tableName } = dynamodb;
  const client = createDynamoDbClient({ ...dynamodb, paced: true });
  const lane = createJobLane(
    {
      ports: {
        store: withOvergrown({ store: createItemStore(client, { tableName }), rows, context }, catalog),
        partitions: createPartitionReader(createItemReader(client, { tableName })),
        relations,
        context,
        onTold: (counts) => count(metrics, 'job', counts),
      },
      knows: (parent) => isKnown(catalog, parent),
      metrics,
      logger,
    },
    fanOut,
  );
  const inline: FanOutPorts = { ...ports, relations, context, onTold: (counts) => count(metrics, 'event', counts) };
  return {
    async tellOthers(parent) {
      if ((await tellOthers(inline, parent, fanOut.inline)) === 'queued') lane.wake();
    },
    run: (signal) => (relations.size === 0 ? Promise.resolve() : lane.run(signal)),
    notes: () => lane.notes(),
    [Symbol.dispose]: () => client.destroy(),
  };
}

function isKnown(catalog: Catalog, parent: string): boolean {
  try {
    return catalog.byKey(baseKeyOf(parent)) !== undefined;
  } catch (error) {
    if (error instanceof ViewError) return false; // a key that no column can have
    throw error;
  }
}

function count({ told }: ProjectorMetrics, by: 'event' | 'job', counts: RefreshCounts): void {
  for (const [outcome, rows] of Object.entries(counts)) if (rows > 0) told.inc({ by, outcome }, rows);
}
