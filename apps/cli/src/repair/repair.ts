import { randomUUID } from 'node:crypto';
import { catalog } from '@hybridge/definitions';
import { DEFAULT_LIMITS, type ProtocolContext } from '@hybridge/protocol';
import { createRowReader, createSqlPool, isPrimary } from '@hybridge/reader-sql';
import { createDynamoDbClient, createItemStore } from '@hybridge/sink-dynamodb';
import { type Repair, isRepaired, repairItem } from '@hybridge/verify';
import type { AnyView, Row } from '@hybridge/views';
import { type CliConfig, type ConnectionFlags, readConfig, sqlUrlOf } from '../config.ts';
import { ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { parseViewKey } from '../view-key.ts';
import { renderJson, renderText } from './render.ts';

export interface RepairRequest extends ConnectionFlags {
  readonly view: string;
  readonly key: string;
  readonly values: boolean;
  readonly json: boolean;
}

/** @throws CliError, ConfigError, ViewError before anything is read; SqlReadError, DynamoDbSinkError */
export async function repair(request: RepairRequest, terminal: Terminal): Promise<ExitCode> {
  const view = catalog.byName(request.view);
  const keyRow = parseViewKey(view, request.key);
  const config = readConfig(request, terminal.environment);
  const result = await repairOne(view, keyRow, config, sqlUrlOf(config));
  terminal.out(request.json ? renderJson(request, result) : renderText(request, result));
  return isRepaired(result) ? ExitCode.ok : ExitCode.failed;
}

async function repairOne(view: AnyView, keyRow: Row, config: CliConfig, sqlUrl: string): Promise<Repair> {
  const dynamodb = createDynamoDbClient(config.dynamodb);
  await using pool = createSqlPool({ url: sqlUrl, max: 1, applicationName: 'hybridge-repair' });
  const context: ProtocolContext = { now: Date.now, nonce: randomUUID, limits: DEFAULT_LIMITS };
  try {
    const store = createItemStore(dynamodb, { tableName: config.tableName });
    const rows = createRowReader({ pool });
    return await repairItem({ store, rows, context, isPrimary: () => isPrimary(pool) }, view, keyRow);
  } finally {
    dynamodb.destroy();
  }
}
