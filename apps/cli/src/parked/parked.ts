import { createDynamoDbClient, createParkedKeys } from '@hybridge/sink-dynamodb';
import { type ConnectionFlags, readConfig } from '../config.ts';
import { ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { toJson } from '../terminal.ts';
import { reportOf, renderList } from './render.ts';

export interface ParkedRequest extends ConnectionFlags {
  readonly json: boolean;
}

/** Fails where a key is parked. @throws ConfigError, DynamoDbSinkError */
export async function parked(request: ParkedRequest, terminal: Terminal): Promise<ExitCode> {
  const config = readConfig(request, terminal.environment);
  const dynamodb = createDynamoDbClient(config.dynamodb);
  try {
    const keys = await createParkedKeys(dynamodb, { tableName: config.tableName }).list();
    const now = Date.now();
    terminal.out(request.json ? toJson(keys.map((each) => reportOf(each, now))) : renderList(keys, now));
    return keys.length === 0 ? ExitCode.ok : ExitCode.failed;
  } finally {
    dynamodb.destroy();
  }
}
