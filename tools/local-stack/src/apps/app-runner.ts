/** Keeps one app: starts it, waits for its health, knows when it ends by itself, ends it. */
import { ComponentFailedError } from '../errors.ts';
import { sendSignal } from '../native/end-process.ts';
import { launch } from '../native/launch.ts';
import type { Exit, LaunchCommand, RunningProcess } from '../native/launch.ts';
import { logTail } from '../native/log-tail.ts';
import { pollUntil } from '../poll.ts';
import type { AppName } from './app-environment.ts';

/** An app that ended without being asked to. */
export type AppCrash = {
  readonly app: AppName;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly logFile: string;
  readonly logTail: string;
};

export type AppRunner = {
  readonly name: AppName;
  /** Resolves when the app is healthy; at once when it runs already. @throws ComponentFailedError, with the app ended */
  start(signal?: AbortSignal): Promise<void>;
  /** Ends it politely, then by force. */
  stop(): Promise<void>;
  /** Resolves when the app has ended, for SIGSTOP and SIGCONT at once. The crash callback is not called. */
  kill(signal: NodeJS.Signals): Promise<void>;
  processId(): number | undefined;
};

export type AppRunnerOptions = {
  readonly name: AppName;
  readonly command: LaunchCommand;
  /** Port of its operations server. */
  readonly port: number;
  readonly logFile: string;
  readonly readyTimeoutMs: number;
  readonly onCrash: (crash: AppCrash) => void;
};

const signalsThatEndNothing: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT'];
const healthTimeoutMs = 2_000;

export function createAppRunner(options: AppRunnerOptions): AppRunner {
  const { name, logFile, port } = options;
  let running: RunningProcess | undefined;

  const failure = (reason: string): ComponentFailedError =>
    new ComponentFailedError({ component: name, title: `App ${name}`, reason, logFile, logTail: logTail(logFile) });

  const awaitHealth = async (started: RunningProcess, signal: AbortSignal | undefined): Promise<void> => {
    let exit: Exit | undefined;
    void started.exited.then((value) => (exit = value));
    const healthyOrGone = async (): Promise<boolean> => exit !== undefined || (await isHealthy(port));
    const answered = await pollUntil(healthyOrGone, { timeoutMs: options.readyTimeoutMs, signal });
    if (exit !== undefined) throw failure(`ended while starting (exit code ${exit.code ?? exit.signal})`);
    if (!answered) throw failure(`was not healthy after ${options.readyTimeoutMs / 1000} s`);
  };

  const stop = async (): Promise<void> => {
    const stopping = running;
    running = undefined;
    await stopping?.stop();
  };

  return {
    name,
    stop,
    processId: () => running?.identity.pid,
    start: async (signal) => {
      if (running !== undefined) return;
      const started = await launch(options.command, logFile);
      running = started;
      try {
        await awaitHealth(started, signal);
      } catch (error) {
        await stop();
        throw error;
      }
      void started.exited.then((exit) => {
        if (running !== started) return;
        running = undefined;
        options.onCrash({ app: name, ...exit, logFile, logTail: logTail(logFile) });
      });
    },
    kill: async (signal) => {
      const killed = running;
      if (killed === undefined) return;
      if (signalsThatEndNothing.includes(signal)) {
        sendSignal(killed.identity.pid, signal);
        return;
      }
      running = undefined;
      await killed.stop(signal);
    },
  };
}

async function isHealthy(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(healthTimeoutMs) });
  await response.arrayBuffer();
  return response.status === 200;
}
