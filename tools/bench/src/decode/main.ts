/**
 * What a change event costs before anything is sent: `JSON.parse` alone, decoded to work, and decided with its first
 * write, in one run. Prints Markdown. No stack is started: `node --conditions=@hybridge/source
 * tools/bench/src/decode/main.ts`. Each figure is the best of
 * many rounds, as others use the machine as well; read the ratios.
 */
import { catalog } from '@hybridge/definitions';
import { decodeRecord } from '@hybridge/projector';
import { DEFAULT_LIMITS, type ProtocolContext, decideRowChange } from '@hybridge/protocol';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { type Workload, workloads } from './events.ts';

const RECORDS = 2_000;
const ROUNDS = 31;

const options = {
  catalog,
  agedAfterMs: 3_600_000,
  nowMs: 1_795_363_640_000,
  skipUnchanged: new Set(['shop.public.customers']),
};
const context: ProtocolContext = { now: () => options.nowMs, nonce: () => 'nonce', limits: DEFAULT_LIMITS };

/** Keeps what a step made from being optimized away. */
let made = 0;

const steps: readonly ((record: ChangeRecord) => void)[] = [parseOnly, decodeOnly, decodeAndDecide];

function parseOnly(record: ChangeRecord): void {
  made += JSON.parse(record.value as string) === null ? 0 : 1;
}

function decodeOnly(record: ChangeRecord): void {
  made += decodeRecord(record, options).length;
}

function decodeAndDecide(record: ChangeRecord): void {
  for (const work of decodeRecord(record, options)) {
    if (work.kind !== 'row') continue;
    made += decideRowChange(work.change, work.view.mode, context, undefined).do === 'write' ? 1 : 0;
  }
}

const all = workloads(RECORDS);
// Every workload first warms every step, so that the code measured has met all shapes of events.
for (let round = 0; round < 5; round++)
  for (const workload of all) for (const step of steps) roundMicros(workload, step);
console.log('| µs of CPU an event | bytes | JSON.parse | decoded | and decided | decoded ÷ JSON.parse |');
console.log('|---|---:|---:|---:|---:|---:|');
for (const workload of all) console.log(row(workload));
console.log(`\n${made} pieces made.`);

function row(workload: Workload): string {
  const rounds = Array.from({ length: ROUNDS }, () => steps.map((step) => roundMicros(workload, step)));
  const [parse = 0, decode = 0, decide = 0] = steps.map((_, i) =>
    Math.min(...rounds.map((round) => round[i] as number)),
  );
  const bytes = workload.records.reduce((sum, { value = '' }) => sum + value.length, 0) / workload.records.length;
  const cells = [bytes.toFixed(0), ...[parse, decode, decide, decode / parse].map((value) => value.toFixed(2))];
  return `| ${workload.name} | ${cells.join(' | ')} |`;
}

/** Microseconds of CPU a record, garbage collection included. */
function roundMicros(workload: Workload, step: (record: ChangeRecord) => void): number {
  const before = process.cpuUsage();
  for (const record of workload.records) step(record);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / workload.records.length;
}
