import { createDynamoDbClient, createItemReader, createPartitionReader } from '@hybridge/reader-dynamodb';
import { createItemStore } from '@hybridge/sink-dynamodb';
import { type ConnectionFlags, readConfig } from '../config.ts';
import { ExitCode } from '../exit-code.ts';
import { type TableStatus, readTableStatus } from '../table-status.ts';
import { type Terminal, toJson } from '../terminal.ts';
import { type AppStatus, askApp, isSound } from './app-status.ts';
import { type FanOutsStatus, readFanOuts } from './fan-out-status.ts';
import { type PendingStatus, countPending } from './pending-status.ts';
import { renderText } from './render.ts';

export interface StatusRequest extends ConnectionFlags {
  readonly json: boolean;
}

export interface Status {
  readonly apps: readonly AppStatus[];
  readonly pending: PendingStatus;
  readonly table: TableStatus;
  /** Changes of rows that have still to reach items that embed them. */
  readonly fanOuts: FanOutsStatus;
}

/** Fails where an app is not healthy, has halted partitions, or reports differences. @throws ConfigError, DynamoDbSinkError */
export async function status(request: StatusRequest, terminal: Terminal): Promise<ExitCode> {
  const config = readConfig(request, terminal.environment);
  const dynamodb = createDynamoDbClient(config.dynamodb);
  try {
    const items = createItemReader(dynamodb, { tableName: config.tableName });
    const store = createItemStore(dynamodb, { tableName: config.tableName });
    const [apps, pending, table, fanOuts] = await Promise.all([
      Promise.all(config.appUrls.map((url) => askApp(url, fetch))),
      countPending(items, Date.now, terminal.signal),
      readTableStatus(store, config.tableName),
      readFanOuts(createPartitionReader(items), Date.now),
    ]);
    const found = { apps, pending, table, fanOuts };
    const sound = apps.every(isSound);
    terminal.out(request.json ? toJson({ sound, ...found }) : renderText(found));
    return sound ? ExitCode.ok : ExitCode.failed;
  } finally {
    dynamodb.destroy();
  }
}
