import { catalog } from '@hybridge/definitions';
import { type Logger, type SourceHealth, createSourceHealth, serveOperations } from '@hybridge/observability';
import { createDynamoDbClient, createItemReader } from '@hybridge/reader-dynamodb';
import { ServingState, readServing } from '@hybridge/protocol';
import { connectReaders } from '@hybridge/reader-sql';
import { type RunningApp, pause } from '@hybridge/runtime';
import { createEventBridgeClient, createEventSink } from '@hybridge/sink-eventbridge';
import { type CompareOptions, type Comparison, compareAll, differencesIn, renderReport } from '@hybridge/verify';
import type { InspectorConfig } from './config.ts';
import { type InspectorMetrics, createInspectorMetrics } from './metrics.ts';
import { sweep } from './sweep.ts';

/** Compares and sweeps, each in its own rhythm, until the signal. */
export async function startInspector(
  config: InspectorConfig,
  logger: Logger,
  signal: AbortSignal,
): Promise<RunningApp> {
  const metrics = createInspectorMetrics();
  const parts = openParts(config);
  const sources = createSourceHealth(
    metrics.all,
    catalog.sources.map(({ name }) => name),
  );
  const operations = await serveOperations({
    ...config.operations,
    metrics: metrics.all,
    notes: () => sources.notes(),
  });
  const rounds = { signal, logger, metrics };
  const ended = Promise.all([
    repeat('compare', config.intervalMs, rounds, async () => {
      if (await parts.isLoading()) return logger.info('the table is being loaded: nothing is compared yet');
      const comparisons = await compareSources(parts.compare, { signal, sources, logger });
      comparisons.forEach((comparison) => metrics.record(comparison));
      report(comparisons, logger);
    }),
    repeat('sweep', config.sweepIntervalMs, rounds, async () => {
      const swept = await parts.sweep(signal);
      metrics.sweeps.inc(swept);
      if (swept > 0) logger.warn({ swept }, 'pending changes were sent again');
    }),
  ]).then(() => undefined);
  return {
    ended,
    async [Symbol.asyncDispose]() {
      await ended;
      await operations[Symbol.asyncDispose]();
      await parts[Symbol.asyncDispose]();
    },
  };
}

/** Compares once and prints the table. @returns confirmed differences */
export async function inspectOnce(config: InspectorConfig): Promise<number> {
  await using parts = openParts(config);
  const comparisons = await parts.compare({});
  console.log(renderReport(comparisons));
  return differencesIn(comparisons);
}

function openParts(config: InspectorConfig) {
  const dynamodb = createDynamoDbClient(config.dynamodb);
  const eventBridge = createEventBridgeClient(config.eventBridge);
  const items = createItemReader(dynamodb, { tableName: config.tableName });
  const rows = connectReaders({
    sources: catalog.sources,
    urls: config.sqlUrls,
    max: 2,
    applicationName: 'hybridge-inspector',
  });
  const sink = createEventSink(eventBridge, { busName: config.busName });
  return {
    compare: (options: CompareOptions) => compareAll(catalog, { rows, items }, options),
    /** What is not loaded yet would count as missing. */
    isLoading: async () => (await readServing(items))?.state === ServingState.loading,
    sweep: (signal: AbortSignal) => sweep({ items, sink, catalog, now: Date.now }, config.sweepAgeMs, signal),
    async [Symbol.asyncDispose]() {
      await rows[Symbol.asyncDispose]();
      dynamodb.destroy();
      eventBridge.destroy();
    },
  };
}

/** Compares what can be: a database that does not answer keeps no view of another from being compared. */
async function compareSources(
  compare: (options: CompareOptions) => Promise<readonly Comparison[]>,
  {
    signal,
    sources,
    logger,
  }: { readonly signal: AbortSignal; readonly sources: SourceHealth; readonly logger: Logger },
): Promise<readonly Comparison[]> {
  const down = new Map<string, Error>();
  const comparisons = await compare({
    signal,
    onUnavailable: ({ name, table: { source } }, error) => {
      down.set(source.name, error);
      logger.error({ err: error, view: name, source: source.name }, 'a view was not compared');
    },
  });
  for (const { name } of catalog.sources) sources.note(name, !down.has(name));
  const [problem] = down.values();
  if (comparisons.length === 0 && problem !== undefined) throw problem;
  return comparisons;
}

interface Rounds {
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly metrics: InspectorMetrics;
}

/** A round that fails is reported; the next one begins anew. */
async function repeat(round: string, everyMs: number, { signal, logger, metrics }: Rounds, task: () => Promise<void>) {
  while (!signal.aborted) {
    try {
      await task();
    } catch (error) {
      if (signal.aborted) return;
      metrics.failures.inc({ round });
      logger.error({ err: error, round }, 'a round of the inspector failed');
    }
    await pause(everyMs, signal);
  }
}

function report(comparisons: readonly Comparison[], logger: Logger): void {
  const differences = differencesIn(comparisons);
  if (differences === 0)
    logger.info({ compared: comparisons.map(({ view, compared }) => ({ view, compared })) }, 'views match SQL');
  else logger.error({ differences, report: renderReport(comparisons) }, 'views differ from SQL');
}
