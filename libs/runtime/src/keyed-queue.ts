import type { IBackoff } from 'cockatiel';
import { createBackoff } from './backoff.ts';
import { isTransient } from './errors.ts';

/**
 * Tasks of one key run one after another, in the order they came; tasks of different keys side by side. A task that
 * waits may take in the next one of its key. One that fails for a while keeps its key waiting, and nobody else.
 */
export interface KeyedQueue<Task> {
  add(key: string, task: Task): void;
  /** Begins nothing more, drops what waits, and resolves when nothing runs any more. */
  stop(): Promise<void>;
}

export interface KeyedQueueOptions<Task> {
  /** Tasks that run side by side. */
  readonly concurrency: number;
  readonly run: (task: Task) => Promise<void>;
  /** Lays a task over one of its key that does not run. @returns whether the one that waits does both now */
  readonly merge: (waiting: Task, next: Task) => boolean;
  /** Called once for each task added and not merged away: with an error if it failed for good. */
  readonly onEnd: (task: Task, error?: unknown) => void;
  /** Called before the pause after a transient failure; `delayMs` is its length. */
  readonly onRetry?: (task: Task, error: unknown, attempt: number) => void;
}

interface Lane<Task> {
  readonly key: string;
  readonly tasks: Task[];
  isRunning: boolean;
  /** Failed attempts of the first task. */
  attempts: number;
  backoff: IBackoff<unknown> | undefined;
}

export function createKeyedQueue<Task>(options: KeyedQueueOptions<Task>): KeyedQueue<Task> {
  const lanes = new Map<string, Lane<Task>>();
  const ready = new Set<Lane<Task>>(); // in the order they became ready
  const pauses = new Set<NodeJS.Timeout>();
  let running = 0;
  let isStopped = false;
  let onIdle: (() => void)[] = [];

  const pump = (): void => {
    for (const lane of ready) {
      if (running >= options.concurrency || isStopped) return;
      ready.delete(lane);
      start(lane);
    }
  };

  const start = (lane: Lane<Task>): void => {
    running++;
    lane.isRunning = true;
    options.run(lane.tasks[0] as Task).then(
      () => ended(lane),
      (error: unknown) => failed(lane, error),
    );
  };

  const left = (lane: Lane<Task>): void => {
    running--;
    lane.isRunning = false;
    if (!isStopped || running > 0) return;
    for (const resolve of onIdle) resolve();
    onIdle = [];
  };

  const ended = (lane: Lane<Task>, error?: unknown): void => {
    left(lane);
    lane.attempts = 0;
    lane.backoff = undefined;
    const task = lane.tasks.shift() as Task;
    if (lane.tasks.length > 0) ready.add(lane);
    else lanes.delete(lane.key);
    options.onEnd(task, error);
    pump();
  };

  const failed = (lane: Lane<Task>, error: unknown): void => {
    if (!isTransient(error)) return ended(lane, error);
    left(lane);
    if (isStopped) return;
    options.onRetry?.(lane.tasks[0] as Task, error, ++lane.attempts);
    lane.backoff = lane.backoff?.next(undefined) ?? createBackoff().next(undefined);
    const timer = setTimeout(() => {
      pauses.delete(timer);
      ready.add(lane);
      pump();
    }, lane.backoff.duration);
    pauses.add(timer);
    pump();
  };

  return {
    add(key, task) {
      if (isStopped) return;
      const lane = lanes.get(key);
      if (lane === undefined) {
        const created = { key, tasks: [task], isRunning: false, attempts: 0, backoff: undefined };
        lanes.set(key, created);
        ready.add(created);
        pump();
        return;
      }
      const lastWaits = lane.tasks.length > 1 || !lane.isRunning;
      if (lastWaits && options.merge(lane.tasks.at(-1) as Task, task)) return;
      lane.tasks.push(task);
    },
    async stop() {
      isStopped = true;
      for (const pause of pauses) clearTimeout(pause);
      if (running > 0) await new Promise<void>((resolve) => onIdle.push(resolve));
    },
  };
}
