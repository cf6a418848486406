import { catalog } from '@hybridge/definitions';
import { createDynamoDbClient, createItemReader } from '@hybridge/reader-dynamodb';
import { type KeyRange, createRowReader, createSqlPool } from '@hybridge/reader-sql';
import { createItemStore } from '@hybridge/sink-dynamodb';
import { type CompareOptions, compareAll, differencesIn } from '@hybridge/verify';
import { type AnyView, createCatalog } from '@hybridge/views';
import { type ConnectionFlags, readConfig, sqlUrlOf } from '../config.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { readTableStatus } from '../table-status.ts';
import type { Terminal } from '../terminal.ts';
import { parseViewKey } from '../view-key.ts';
import { openCheckpoint } from './checkpoint-file.ts';
import { type VerifyResult, renderJson, renderText } from './render.ts';

export interface VerifyRequest extends ConnectionFlags {
  /** Default every view. */
  readonly views: readonly string[];
  readonly from?: string;
  readonly to?: string;
  /** Rows per second. */
  readonly rate?: number;
  /** Path of the checkpoint. */
  readonly resume?: string;
  readonly maxDifferences: number;
  readonly values: boolean;
  readonly json: boolean;
}

/** @throws CliError, ConfigError, ViewError, VerifyError before anything is read; SqlReadError, ItemReaderError, DynamoDbSinkError */
export async function verify(request: VerifyRequest, terminal: Terminal): Promise<ExitCode> {
  const views = chosen(request);
  const config = readConfig(request, terminal.environment);
  const options = { range: rangeOf(views, request), maxDifferences: request.maxDifferences, signal: terminal.signal };
  const checkpoint = request.resume === undefined ? undefined : await openCheckpoint(request.resume);
  const begun = performance.now();
  const { table, comparisons } = await compare(views, config, sqlUrlOf(config), {
    ...options,
    ratePerSecond: request.rate,
    resume: checkpoint?.progress,
    onProgress: checkpoint?.save,
  });
  await checkpoint?.remove();
  const result = {
    table,
    comparisons,
    seconds: (performance.now() - begun) / 1_000,
    resumed: checkpoint?.progress !== undefined,
  };
  terminal.out(request.json ? renderJson(result, request) : renderText(result, request));
  return differencesIn(comparisons) === 0 ? ExitCode.ok : ExitCode.failed;
}

async function compare(
  views: readonly AnyView[],
  config: ReturnType<typeof readConfig>,
  sqlUrl: string,
  options: CompareOptions,
): Promise<Pick<VerifyResult, 'table' | 'comparisons'>> {
  const dynamodb = createDynamoDbClient(config.dynamodb);
  await using pool = createSqlPool({
    url: sqlUrl,
    max: 2,
    applicationName: 'hybridge-verify',
    statementTimeoutMs: 60_000,
  });
  try {
    const items = createItemReader(dynamodb, { tableName: config.tableName });
    const store = createItemStore(dynamodb, { tableName: config.tableName });
    const comparisons = await compareAll(createCatalog(views), { rows: createRowReader({ pool }), items }, options);
    return { comparisons, table: await readTableStatus(store, config.tableName) };
  } finally {
    dynamodb.destroy();
  }
}

const chosen = ({ views }: VerifyRequest): readonly AnyView[] =>
  views.length === 0 ? catalog.views : [...new Set(views)].map((name) => catalog.byName(name));

function rangeOf(views: readonly AnyView[], { from, to }: VerifyRequest): KeyRange {
  if (from === undefined && to === undefined) return {};
  const [view, ...others] = views;
  if (view === undefined || others.length > 0) throw new CliError('--from and --to need exactly one view.');
  return {
    ...(from === undefined ? {} : { from: parseViewKey(view, from) }),
    ...(to === undefined ? {} : { to: parseViewKey(view, to) }),
  };
}
