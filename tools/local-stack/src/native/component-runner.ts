/** Keeps one component: starts it, knows whether it runs, tells when it crashes, ends it. */
import { components } from '../description.ts';
import type { ComponentName } from '../description.ts';
import { ComponentFailedError } from '../errors.ts';
import type { ComponentCrash } from '../local-stack.ts';
import { pollUntil } from '../poll.ts';
import type { OnProgress } from '../progress.ts';
import { sendSignal } from './end-process.ts';
import { launch } from './launch.ts';
import type { Exit, RunningProcess } from './launch.ts';
import { logTail } from './log-tail.ts';
import type { ComponentContext, NativeComponent } from './native-component.ts';
import type { RunDirectory } from './run-directory.ts';

export type ComponentRunner = {
  readonly name: ComponentName;
  /** Resolves when ready. @throws ComponentFailedError; whatever was started is ended by then. */
  start(signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
  processId(): number | undefined;
};

export type RunnerOptions = {
  readonly component: NativeComponent;
  readonly context: ComponentContext;
  readonly runDirectory: RunDirectory;
  readonly onProgress: OnProgress;
  readonly onCrash: (crash: ComponentCrash) => void;
};

const signalsThatEndNothing: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT'];

export function createComponentRunner(options: RunnerOptions): ComponentRunner {
  const { component, context, runDirectory, onProgress } = options;
  const { name } = component;
  const { readyTimeoutMs } = components[name];
  const title = component.title?.(context) ?? components[name].title;
  let running: RunningProcess | undefined;

  const failure = (reason: string, cause?: unknown): ComponentFailedError => {
    const { logFile } = context;
    return new ComponentFailedError({ component: name, title, reason, logFile, logTail: logTail(logFile), cause });
  };

  const forget = (): void => {
    running = undefined;
    runDirectory.record(name, undefined);
  };

  const awaitReady = async (started: RunningProcess, signal: AbortSignal | undefined): Promise<void> => {
    let exit: Exit | undefined;
    void started.exited.then((value) => (exit = value));
    let lastError: unknown;
    const readyOrGone = async (): Promise<boolean> => {
      if (exit) return true;
      try {
        return await component.isReady(context);
      } catch (error) {
        lastError = error;
        return false;
      }
    };
    const answered = await pollUntil(readyOrGone, { timeoutMs: readyTimeoutMs, signal });
    if (exit) throw failure(`ended while starting (${describeExit(exit)})`);
    if (!answered) throw failure(`was not ready after ${readyTimeoutMs / 1000} s`, lastError);
  };

  const watch = (started: RunningProcess): void => {
    void started.exited.then(({ code, signal }) => {
      if (running !== started) return;
      forget();
      const { logFile } = context;
      options.onCrash({ component: name, title, code, signal, logFile, logTail: logTail(logFile) });
    });
  };

  const start = async (signal?: AbortSignal): Promise<void> => {
    if (running) return;
    const startedAt = performance.now();
    onProgress({ kind: 'component-starting', component: name, title });
    await component.prepare(context);
    signal?.throwIfAborted();
    const command = component.command(context);
    const started = await launch(command, context.logFile).catch((error: unknown) => {
      throw failure(`cannot be started: ${String(error)}`, error);
    });
    running = started;
    runDirectory.record(name, { ...started.identity, stopSignal: command.stop.signal });
    try {
      await awaitReady(started, signal);
    } catch (error) {
      await stop();
      throw error;
    }
    watch(started);
    onProgress({ kind: 'component-ready', component: name, title, ms: Math.round(performance.now() - startedAt) });
  };

  const stop = async (): Promise<void> => {
    const stopping = running;
    if (!stopping) return;
    const startedAt = performance.now();
    running = undefined;
    await stopping.stop();
    runDirectory.record(name, undefined);
    onProgress({ kind: 'component-stopped', component: name, title, ms: Math.round(performance.now() - startedAt) });
  };

  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    const killed = running;
    if (!killed) return;
    if (signalsThatEndNothing.includes(signal)) {
      sendSignal(killed.identity.pid, signal);
      return;
    }
    running = undefined;
    await killed.stop(signal);
    runDirectory.record(name, undefined);
  };

  return { name, start, stop, kill, processId: () => running?.identity.pid };
}

function describeExit({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
