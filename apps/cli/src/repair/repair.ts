import { randomUUID } from 'node:crypto';
import { catalog } from '@hybridge/definitions';
import { DEFAULT_LIMITS, type ProtocolContext } from '@hybridge/protocol';
import { createRowReader, createSqlPool, isPrimary } from '@hybridge/reader-sql';
import { createDynamoDbClient, createItemStore } from '@hybridge/sink-dynamodb';
import { type Repair, isRepaired, repairItem } from '@hybridge/verify';
import type { AnyView, Row } from '@hybridge/views';
import { type CliConfig, type ConnectionFlags, readConfig, sqlUrlOf } from '../config.ts';
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
  const result = await withRepair(config, sqlUrlOf(config), ({ repairOne }) => repairOne(view, keyRow));
  terminal.out(request.json ? renderJson(request, result) : renderText(request, result));
  return isRepaired(result) ? ExitCode.ok : ExitCode.failed;
}

interface Repairing {
  repairOne(view: AnyView, keyRow: Row): Promise<Repair>;
  readonly dynamodb: ReturnType<typeof createDynamoDbClient>;
}

/** Lends a repair its connections. @throws TableLoadingError before it is used */
export async function withRepair<T>(
  config: CliConfig,
  sqlUrl: string,
  use: (repairing: Repairing) => Promise<T>,
): Promise<T> {
  const dynamodb = createDynamoDbClient(config.dynamodb);
  await using pool = createSqlPool({ url: sqlUrl, max: 1, applicationName: 'hybridge-repair' });
  const context: ProtocolContext = { now: Date.now, nonce: randomUUID, limits: DEFAULT_LIMITS };
  try {
    const store = createItemStore(dynamodb, { tableName: config.tableName });
    await refuseWhileLoading(store, config.tableName);
    const dependencies = { store, rows: createRowReader({ pool }), context, isPrimary: () => isPrimary(pool) };
    return await use({ dynamodb, repairOne: (view, keyRow) => repairItem(dependencies, view, keyRow) });
  } finally {
    dynamodb.destroy();
  }
}
