/** Child process: reads a topic to its end through the projector's engine, or bare, and prints what it took. */
import { catalog } from '@hybridge/definitions';
import { silentLogger } from '@hybridge/observability';
import { createEngine, createProjectorMetrics, decodeRecord } from '@hybridge/projector';
import { DEFAULT_LIMITS, type ItemStore, carryOut, decideRowChange } from '@hybridge/protocol';
import { type ChangeHandler, createChangeSource } from '@hybridge/source-kafka';
import { createKafka } from '../change-topic.ts';
import { readPeakRss } from '../process-usage.ts';
import type { EngineAnswer, EngineJob, EngineKind } from './engine-job.ts';

const job = JSON.parse(process.argv[2] ?? '{}') as EngineJob;
const stopwatch = createStopwatch(job.records);
const kafka = createKafka(job.brokers);
const groupId = `bench-${job.kind}`;
const stopping = new AbortController();

const running = job.kind === 'consume' ? consumeBare() : runEngine(job.kind);
console.log(JSON.stringify(await stopwatch.finished));
stopping.abort();
await running;

async function runEngine(kind: Exclude<EngineKind, 'consume'>): Promise<void> {
  const logger = silentLogger();
  const context = { now: Date.now, nonce: () => 'AAAAAAAAAAAA', limits: DEFAULT_LIMITS };
  const store: ItemStore = {
    get: () => Promise.resolve(undefined),
    write: () => Promise.resolve({ ok: true, item: undefined }),
  };
  const engine = createEngine({
    source: 'shop',
    read: (record) =>
      decodeRecord(record, {
        catalog,
        agedAfterMs: context.limits.tombstoneTtlMs / 2,
        nowMs: context.now(),
      }),
    apply: async (work) => {
      if (kind === 'engine' || work.kind !== 'row') return;
      await carryOut(store, work.key, (seen) => decideRowChange(work.change, work.view.mode, context, seen));
    },
    concurrency: 32,
    maxPendingBytes: 8 * 1024 ** 2,
    metrics: createProjectorMetrics(),
    logger,
  });
  await createChangeSource({ kafka, logger }, { topics: [job.topic], groupId }).run(counted(engine), stopping.signal);
}

function counted(engine: ChangeHandler): ChangeHandler {
  return {
    take(batch) {
      stopwatch.start();
      const done = (index: number): void => {
        batch.done(index);
        stopwatch.count(1);
      };
      return engine.take({ ...batch, done });
    },
    stop: () => engine.stop(),
  };
}

/** The least that anybody does who reads JSON out of Kafka with this client. */
async function consumeBare(): Promise<void> {
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topics: [job.topic], fromBeginning: true });
  await consumer.run({
    eachBatch: ({ batch: { messages } }) => {
      stopwatch.start();
      for (const { value } of messages) if (value !== null) JSON.parse(value.toString());
      stopwatch.count(messages.length);
      return Promise.resolve();
    },
  });
  await stopwatch.finished;
  await consumer.disconnect();
}

function createStopwatch(records: number) {
  let began: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | undefined;
  let left = records;
  let finish: (answer: EngineAnswer) => void = () => undefined;
  const finished = new Promise<EngineAnswer>((resolve) => (finish = resolve));
  return {
    finished,
    start(): void {
      began ??= { at: performance.now(), cpu: process.cpuUsage() };
    },
    count(done: number): void {
      left -= done;
      if (left > 0 || began === undefined) return;
      const { user, system } = process.cpuUsage(began.cpu);
      const seconds = (performance.now() - began.at) / 1000;
      finish({ seconds, cpuSeconds: (user + system) / 1e6, peakRssBytes: readPeakRss(process.pid) });
    },
  };
}
