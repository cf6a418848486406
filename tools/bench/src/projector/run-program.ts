/** Starts a contender on a filled topic and follows it until it has committed all of it. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { type Item, ItemState, Meta, ServingState, readServing, scalarOf } from '@hybridge/protocol';
import { createItemStore } from '@hybridge/sink-dynamodb';
import type { Admin } from 'kafkajs';
import { createKafka, recordsLeft } from './change-topic.ts';
import type { Program, ProgramContext } from './contenders/contender.ts';
import { changeOfNote, toRowChange } from './order-row.ts';
import { readCpuSeconds, readPeakRss } from './process-usage.ts';
import type { Target } from './target.ts';
import type { RowOperation } from './workload.ts';

export interface ProgramFigures {
  /** From the first item written to the last offset committed and, where the program opens the table, to that. */
  readonly seconds: number;
  /** From the start of the process to the last offset committed. */
  readonly secondsFromStart: number;
  /** CPU of the program and its children in `seconds`. */
  readonly cpuSeconds: number;
  readonly dynamodbCpuSeconds: number;
  readonly peakRssBytes: number;
  /** Records that were not committed when the time was up; 0 for a run to the end. */
  readonly left: number;
}

export interface RunLimits {
  /** Ends the run after so long, measured from the first write; undefined: it must come to its end. */
  readonly stopAfterSeconds?: number;
  /** Longest time that nothing more gets committed before the run counts as stuck. */
  readonly patienceSeconds: number;
  readonly signal: AbortSignal;
}

const POLL_FIRST_WRITE_MS = 20;
const POLL_OFFSETS_MS = 250;
const STOP_GRACE_MS = 10_000;

/** @throws when the program ends by itself, or gets nothing more done; with the end of its log */
export async function runProgram(
  program: Program,
  context: ProgramContext,
  limits: RunLimits,
): Promise<ProgramFigures> {
  const { topic, target } = context;
  const admin = createKafka(topic.brokers).admin();
  await admin.connect();
  const process = startProcess(program, join(context.directory, 'contender.log'));
  const started = performance.now();
  try {
    const alive = (): void => {
      limits.signal.throwIfAborted();
      process.assertRunning();
    };
    await firstWrite(topic.heads, target, alive, limits.patienceSeconds);
    const began = performance.now();
    const cpu = { program: readCpuSeconds(process.pid), dynamodb: readCpuSeconds(target.pid) };
    const left = await drain(admin, topic.topic, program.groupId, { ...limits, alive, directory: context.directory });
    if (program.opensTable === true && left === 0) await tableOpen(target, alive, limits.patienceSeconds);
    const ended = performance.now();
    return {
      seconds: (ended - began) / 1000,
      secondsFromStart: (ended - started) / 1000,
      cpuSeconds: readCpuSeconds(process.pid) - cpu.program,
      dynamodbCpuSeconds: readCpuSeconds(target.pid) - cpu.dynamodb,
      peakRssBytes: readPeakRss(process.pid),
      left,
    };
  } finally {
    await process.end();
    await admin.disconnect();
  }
}

function startProcess({ file, args, environment }: Program, logFile: string) {
  const log = openSync(logFile, 'a');
  const { PATH = '/usr/bin:/bin', HOME = '/' } = process.env;
  const child = spawn(file, args, { env: { PATH, HOME, ...environment }, stdio: ['ignore', log, log] });
  closeSync(log);
  let end: string | undefined;
  const ended = new Promise<void>((resolve) => {
    const settle = (text: string): void => {
      end = text;
      resolve();
    };
    child.once('exit', (code, signal) => settle(`ended with ${code ?? signal}`));
    child.once('error', (error) => settle(error.message));
  });
  return {
    pid: child.pid ?? 0,
    assertRunning(): void {
      if (end !== undefined)
        throw new Error(`${file} ${end}; the end of ${logFile}:\n${readFileSync(logFile, 'utf8').slice(-3_000)}`);
    },
    async end(): Promise<void> {
      child.kill('SIGTERM');
      const tooLong = delay(STOP_GRACE_MS, undefined, { ref: false }).then(() => child.kill('SIGKILL'));
      await Promise.race([ended, tooLong]);
      await ended;
    },
  };
}

async function firstWrite(
  heads: readonly RowOperation[],
  target: Target,
  alive: () => void,
  patienceSeconds: number,
): Promise<void> {
  const keys = heads.map((operation) => toRowChange(operation).key);
  const Keys = keys.map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } }));
  const read = async (): Promise<string> => {
    const answer = await target.client.send(
      new BatchGetItemCommand({ RequestItems: { [target.tableName]: { Keys, ConsistentRead: true } } }),
    );
    const items = (answer.Responses?.[target.tableName] ?? []) as unknown as Item[];
    return items.map(contentSign).sort().join();
  };
  const before = await read();
  const deadline = performance.now() + patienceSeconds * 1000;
  while ((await read()) === before) {
    alive();
    if (performance.now() > deadline) throw new Error(`Nothing was written within ${patienceSeconds} s.`);
    await delay(POLL_FIRST_WRITE_MS);
  }
}

const contentSign = (item: Item): string =>
  `${scalarOf(item['pk'])}=${scalarOf(item[Meta.state]) === ItemState.tombstone ? 'deleted' : changeOfNote(scalarOf(item['note']))}`;

async function tableOpen(target: Target, alive: () => void, patienceSeconds: number): Promise<void> {
  const store = createItemStore(target.client, target);
  const deadline = performance.now() + patienceSeconds * 1000;
  while ((await readServing(store))?.state !== ServingState.open) {
    alive();
    if (performance.now() > deadline) throw new Error(`The table was not opened within ${patienceSeconds} s.`);
    await delay(POLL_FIRST_WRITE_MS);
  }
}

/** @returns records left; more than 0 only when the time was up */
async function drain(
  admin: Admin,
  topic: string,
  groupId: string,
  { stopAfterSeconds, patienceSeconds, alive, directory }: RunLimits & { alive: () => void; directory: string },
): Promise<number> {
  const end = performance.now() + (stopAfterSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  let before = Number.POSITIVE_INFINITY;
  let lastProgress = performance.now();
  for (;;) {
    const left = await recordsLeft(admin, topic, groupId);
    if (left === 0 || performance.now() >= end) return left;
    if (left < before) lastProgress = performance.now();
    if (performance.now() - lastProgress > patienceSeconds * 1000) {
      throw new Error(
        `${groupId}: ${left} records of ${topic} are not committed, and nothing happens any more; see the log in ${directory}.`,
      );
    }
    before = left;
    alive();
    await delay(POLL_OFFSETS_MS);
  }
}
