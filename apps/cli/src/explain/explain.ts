import { catalog } from '@hybridge/definitions';
import { connectReaders } from '@hybridge/reader-sql';
import { createDynamoDbClient, createItemStore, createParkedKeys } from '@hybridge/sink-dynamodb';
import { explainItem } from '@hybridge/verify';
import { readWith } from '../concerned-views.ts';
import { type ConnectionFlags, readConfig, sourcesOf, sqlUrlsOf } from '../config.ts';
import { ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { parseViewKey } from '../view-key.ts';
import { renderJson, renderText } from './render.ts';

export interface ExplainRequest extends ConnectionFlags {
  readonly view: string;
  readonly key: string;
  readonly values: boolean;
  readonly json: boolean;
}

/**
 * Shows what made one item, and its row. Reads only, and succeeds whatever it finds.
 * @throws CliError, ConfigError, ViewError before anything is read; SqlReadError, DynamoDbSinkError
 */
export async function explain(request: ExplainRequest, terminal: Terminal): Promise<ExitCode> {
  const view = catalog.byName(request.view);
  const keyRow = parseViewKey(view, request.key);
  const config = readConfig(request, terminal.environment);
  const read = readWith([view]);
  await using rows = connectReaders({
    sources: sourcesOf(read),
    urls: sqlUrlsOf(config, read),
    max: 1,
    applicationName: 'hybridge-explain',
  });
  const dynamodb = createDynamoDbClient(config.dynamodb);
  try {
    const store = createItemStore(dynamodb, { tableName: config.tableName });
    const explanation = await explainItem({ store, rows, now: Date.now }, view, keyRow);
    const parked = await createParkedKeys(dynamodb, { tableName: config.tableName }).has(explanation.key);
    const shown = { explanation, parked, source: view.table.source, now: Date.now(), values: request.values };
    terminal.out(request.json ? renderJson(shown) : renderText(shown));
    return ExitCode.ok;
  } finally {
    dynamodb.destroy();
  }
}
