/**
 * The directory of one run: data, logs, and `run.json`, which names the starting process and every process it started.
 * It is how the next start finds and ends what a crashed run left behind.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentName, Ports } from '../description.ts';
import { endProcess } from './end-process.ts';
import { identifyProcess, isAlive } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

const recordFile = 'run.json';
/** Logs of this many ended runs are kept. */
const keptRuns = 5;
const leftoverGraceMs = 5_000;

/** `stopSignal` ends it politely. */
export type RecordedProcess = ProcessIdentity & { readonly stopSignal: NodeJS.Signals };

export type RunRecord = {
  readonly owner: ProcessIdentity;
  readonly ports: Ports;
  readonly processes: Partial<Record<ComponentName, RecordedProcess>>;
};

export type RunDirectory = {
  readonly path: string;
  readonly dataPath: (component: ComponentName) => string;
  readonly logFile: (component: ComponentName) => string;
  /** Written before the next step, so that a process is never unrecorded for long. */
  record(component: ComponentName, started: RecordedProcess | undefined): void;
};

export type RunDirectoryOptions = {
  readonly runs: string;
  /** Default: a new one under `runs`. */
  readonly chosen?: string | undefined;
  readonly ports: Ports;
};

/** A run directory owned by this process. Every user may pass through it. */
export function createRunDirectory({ runs, chosen, ports }: RunDirectoryOptions): RunDirectory {
  const path = chosen ?? join(runs, `${new Date().toISOString().replaceAll(':', '-')}-${process.pid}`);
  for (const directory of [path, join(path, 'data'), join(path, 'logs')]) {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
  }
  const owner = identifyProcess(process.pid) ?? { pid: process.pid, startTime: '' };
  const processes: Partial<Record<ComponentName, RecordedProcess>> = {};
  const write = (): void => writeAtomically(join(path, recordFile), { owner, ports, processes });
  write();
  return {
    path,
    dataPath: (component) => join(path, 'data', component),
    logFile: (component) => join(path, 'logs', `${component}.log`),
    record: (component, started) => {
      if (started) processes[component] = started;
      else delete processes[component];
      write();
    },
  };
}

/** Runs whose starter is alive, with their directories. */
export function liveRuns(runs: string): { readonly path: string; readonly record: RunRecord }[] {
  return recordedRuns(runs).filter(({ record }) => isAlive(record.owner));
}

/**
 * Ends what crashed runs left behind and removes their data; old logs are pruned.
 *
 * @returns one sentence for each process that was ended.
 */
export async function clearCrashedRuns(runs: string, alsoLookIn?: string): Promise<string[]> {
  const ended: string[] = [];
  const own = alsoLookIn === undefined ? [] : recordedRun(alsoLookIn);
  for (const { path, record } of [...recordedRuns(runs), ...own]) {
    if (isAlive(record.owner)) continue;
    const leftovers = Object.entries(record.processes).filter(([, left]) => isAlive(left));
    await Promise.all(
      leftovers.map(([, left]) => endProcess(left, { signal: left.stopSignal, graceMs: leftoverGraceMs })),
    );
    for (const [component, { pid }] of leftovers) {
      ended.push(
        `ended ${component} (process ${pid}), left by a run whose starter, process ${record.owner.pid}, is gone`,
      );
    }
    if (path !== alsoLookIn) await rm(join(path, 'data'), { recursive: true, force: true });
  }
  await pruneOldRuns(runs);
  return ended;
}

async function pruneOldRuns(runs: string): Promise<void> {
  const dead = recordedRuns(runs).filter(({ record }) => !isAlive(record.owner));
  const old = dead.sort((a, b) => a.path.localeCompare(b.path)).slice(0, -keptRuns);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
}

function recordedRuns(runs: string): { path: string; record: RunRecord }[] {
  if (!existsSync(runs)) return [];
  return readdirSync(runs).flatMap((name) => recordedRun(join(runs, name)));
}

function recordedRun(path: string): { path: string; record: RunRecord }[] {
  try {
    return [{ path, record: JSON.parse(readFileSync(join(path, recordFile), 'utf8')) as RunRecord }];
  } catch {
    return []; // not a run, or one that is being removed
  }
}

function writeAtomically(file: string, record: RunRecord): void {
  writeFileSync(`${file}.new`, JSON.stringify(record, null, 2));
  renameSync(`${file}.new`, file);
}
