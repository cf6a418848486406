import { randomUUID } from 'node:crypto';
import { catalog } from '@hybridge/definitions';
import { DEFAULT_LIMITS, type ItemStore, type PartitionReader, type ProtocolContext } from '@hybridge/protocol';
import { createItemReader, createPartitionReader } from '@hybridge/reader-dynamodb';
import { type ConnectedReaders, connectReaders } from '@hybridge/reader-sql';
import { createDynamoDbClient, createItemStore } from '@hybridge/sink-dynamodb';
import { type Repair, isRepaired, repairItem } from '@hybridge/verify';
import type { AnyView, Row } from '@hybridge/views';
import { repairedWith } from '../concerned-views.ts';
import { type CliConfig, type ConnectionFlags, readConfig, sourcesOf, sqlUrlsOf } from '../config.ts';
import { ExitCode } from '../exit-code.ts';
import { refuseWhileLoading } from '../table-status.ts';
import type { Terminal } from '../terminal.ts';
import { parseViewKey } from '../view-key.ts';
import { renderJson, renderText } from './render.ts';

export interface RepairRequest extends ConnectionFlags {
  readonly view: string;
  readonly key: string;
  readonly values: boolean;
  readonly json: boolean;
}

/** @throws CliError, ConfigError, ViewError before anything is read; TableLoadingError, SqlReadError, DynamoDbSinkError */
export async function repair(request: RepairRequest, terminal: Terminal): Promise<ExitCode> {
  const view = catalog.byName(request.view);
  const keyRow = parseViewKey(view, request.key);
  const config = readConfig(request, terminal.environment);
  const result = await withRepair(config, view, ({ repairOne }) => repairOne(keyRow));
  terminal.out(request.json ? renderJson(request, result) : renderText(request, result));
  return isRepaired(result) ? ExitCode.ok : ExitCode.failed;
}

interface Repairing {
  repairOne(keyRow: Row): Promise<Repair>;
  readonly dynamodb: ReturnType<typeof createDynamoDbClient>;
}

/** Lends a repair of items of a view its connections. @throws CliError, TableLoadingError before it is used */
export async function withRepair<T>(
  config: CliConfig,
  view: AnyView,
  use: (repairing: Repairing) => Promise<T>,
): Promise<T> {
  const concerned = repairedWith([view]);
  await using rows = connectReaders({
    sources: sourcesOf(concerned),
    urls: sqlUrlsOf(config, concerned),
    max: 1,
    applicationName: 'hybridge-repair',
  });
  const dynamodb = createDynamoDbClient(config.dynamodb);
  try {
    const store = createItemStore(dynamodb, { tableName: config.tableName });
    await refuseWhileLoading(store, config.tableName);
    const partitions = createPartitionReader(createItemReader(dynamodb, { tableName: config.tableName }));
    return await use({ dynamodb, repairOne: (keyRow) => repairWith({ store, partitions, rows }, view, keyRow) });
  } finally {
    dynamodb.destroy();
  }
}

interface RepairConnections {
  readonly store: ItemStore;
  readonly partitions: PartitionReader;
  readonly rows: ConnectedReaders;
}

/** @throws SqlReadError, DynamoDbSinkError */
export function repairWith({ rows, ...connections }: RepairConnections, view: AnyView, keyRow: Row): Promise<Repair> {
  const context: ProtocolContext = { now: Date.now, nonce: randomUUID, limits: DEFAULT_LIMITS };
  return repairItem({ ...connections, rows, context, catalog, isPrimary: (of) => rows.isPrimary(of) }, view, keyRow);
}
