import type { Logger } from '@hybridge/observability';
import type { ProtocolContext } from '@hybridge/protocol';
import {
  MAX_PUTS,
  createBulkWriter,
  createDynamoDbClient,
  createItemReader,
  createItemStore,
  guardPuts,
} from '@hybridge/sink-dynamodb';
import type { OffsetReader } from '@hybridge/source-kafka';
import type { ProjectorConfig } from '../config.ts';
import type { ProjectorMetrics } from '../metrics.ts';
import { systemClock } from './clock.ts';
import { type TableLoad, createTableLoad } from './table-load.ts';

export interface OpenLoadDependencies {
  readonly offsets: OffsetReader;
  readonly context: ProtocolContext;
  readonly metrics: ProjectorMetrics;
  readonly logger: Logger;
}

/** The load with clients of its own: puts are attempted once, and the register does not wait for the pace of the items. */
export function openLoad(
  config: ProjectorConfig,
  topics: readonly string[],
  deps: OpenLoadDependencies,
): TableLoad & Disposable {
  const { tableName } = config.dynamodb;
  const register = createDynamoDbClient(config.dynamodb);
  const puts = guardPuts(createDynamoDbClient({ ...config.dynamodb, maxAttempts: 1 }), () => load.mayPut());
  const load = createTableLoad(
    {
      ...deps,
      clock: systemClock,
      store: createItemStore(register, { tableName }),
      items: createItemReader(register, { tableName }),
      writer: createBulkWriter(puts, { tableName, maxCalls: config.maxCalls }),
    },
    { ...config.load, topics },
  );
  return Object.assign(load, {
    [Symbol.dispose]() {
      puts.destroy();
      register.destroy();
    },
  });
}

/** Items written side by side: enough that full batches wait behind those under way. */
export const concurrencyOf = (config: ProjectorConfig): number =>
  config.load.bulk ? Math.max(config.concurrency, 2 * MAX_PUTS * config.maxCalls) : config.concurrency;
