import { catalog } from '@hybridge/definitions';
import { createDynamoDbClient, createItemReader, createPartitionReader } from '@hybridge/reader-dynamodb';
import { type KeyRange, connectReaders } from '@hybridge/reader-sql';
import { createItemStore } from '@hybridge/sink-dynamodb';
import { type CompareOptions, type Repair, type RepairOutcome, compareAll } from '@hybridge/verify';
import type { AnyView, Row } from '@hybridge/views';
import { readWith, repairedWith } from '../concerned-views.ts';
import { type ConnectionFlags, readConfig, sourcesOf, sqlUrlsOf } from '../config.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { repairWith } from '../repair/repair.ts';
import { readTableStatus, refuseWhileLoading } from '../table-status.ts';
import type { Terminal } from '../terminal.ts';
import { parseViewKey } from '../view-key.ts';
import { openCheckpoint } from './checkpoint-file.ts';
import { type RepairCounts, type SkippedView, type VerifyResult, leftIn, renderJson, renderText } from './render.ts';

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
  /** Whether each confirmed difference is repaired. */
  readonly repair: boolean;
  readonly values: boolean;
  readonly json: boolean;
}

/** @throws CliError, ConfigError, ViewError, VerifyError, TableLoadingError before anything is read; SqlReadError, ItemReaderError, DynamoDbSinkError */
export async function verify(request: VerifyRequest, terminal: Terminal): Promise<ExitCode> {
  const views = chosen(request);
  const config = readConfig(request, terminal.environment);
  const options = { range: rangeOf(views, request), maxDifferences: request.maxDifferences, signal: terminal.signal };
  const checkpoint = request.resume === undefined ? undefined : await openCheckpoint(request.resume);
  const begun = performance.now();
  const skipped: SkippedView[] = [];
  const onUnavailable = ({ name, table: { source } }: AnyView, error: Error): void =>
    void skipped.push({ view: name, source: source.name, problem: error.message });
  const repairs = request.repair ? createRepairs() : undefined;
  const { table, comparisons } = await compare(views, config, repairs, {
    ...options,
    ...(sourcesOf(readWith(views)).length > 1 && { onUnavailable }),
    ratePerSecond: request.rate,
    resume: checkpoint?.progress,
    onProgress: checkpoint?.save,
  });
  if (skipped.length === 0) await checkpoint?.remove();
  const result = {
    table,
    comparisons,
    skipped,
    repairs: repairs?.counts,
    seconds: (performance.now() - begun) / 1_000,
    resumed: checkpoint?.progress !== undefined,
  };
  terminal.out(request.json ? renderJson(result, request) : renderText(result, request));
  return exitOf(result);
}

const exitOf = (result: VerifyResult): ExitCode =>
  leftIn(result) === 0 && result.skipped.length === 0 ? ExitCode.ok : ExitCode.failed;

interface Repairs {
  readonly counts: RepairCounts;
  readonly note: (repair: Repair) => void;
}

function createRepairs(): Repairs {
  const counts: Partial<Record<RepairOutcome, number>> = {};
  return { counts, note: ({ outcome }) => void (counts[outcome] = (counts[outcome] ?? 0) + 1) };
}

async function compare(
  views: readonly AnyView[],
  config: ReturnType<typeof readConfig>,
  repairs: Repairs | undefined,
  options: CompareOptions,
): Promise<Pick<VerifyResult, 'table' | 'comparisons'>> {
  const dynamodb = createDynamoDbClient(config.dynamodb);
  const read = repairs === undefined ? readWith(views) : repairedWith(readWith(views));
  await using rows = connectReaders({
    sources: sourcesOf(read),
    urls: sqlUrlsOf(config, read),
    max: 2,
    applicationName: 'hybridge-verify',
    statementTimeoutMs: 60_000,
  });
  try {
    const items = createItemReader(dynamodb, { tableName: config.tableName });
    const store = createItemStore(dynamodb, { tableName: config.tableName });
    if (repairs !== undefined) await refuseWhileLoading(store, config.tableName);
    const partitions = createPartitionReader(items);
    const onDifference = async (view: AnyView, keyRow: Row): Promise<void> =>
      repairs?.note(await repairWith({ store, partitions, rows }, view, keyRow));
    const comparisons = await compareAll(
      catalog,
      { rows, items },
      { ...options, views, ...(repairs !== undefined && { onDifference }) },
    );
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
