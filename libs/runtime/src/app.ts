import type { Logger } from '@hybridge/observability';

/** What an app's `main.ts` gives to the runtime. */
export interface RunningApp extends AsyncDisposable {
  /** Settles when the app ends by itself: resolves after a clean end, rejects on a failure it cannot go on from. */
  readonly ended: Promise<void>;
}

/**
 * Starts an app, waits for SIGINT, SIGTERM or its own end, disposes it and sets the exit code:
 * 0 after a signal or clean end, 1 after a failure.
 */
export async function runApp(logger: Logger, start: (signal: AbortSignal) => Promise<RunningApp>): Promise<void> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) return; // a terminal and a parent may both pass the same Ctrl-C on
    logger.info({ signal }, 'stopping');
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    await using app = await start(controller.signal);
    logger.info('started');
    await Promise.race([whenAborted(controller.signal), app.ended]);
    controller.abort();
  } catch (error) {
    if (!controller.signal.aborted) {
      logger.fatal({ err: error }, error instanceof Error ? error.message : 'failed');
      process.exitCode = 1;
    }
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    logger.info('stopped');
  }
}

/** Resolves when the signal fires. */
export const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Resolves after `ms`, or at once when the signal fires. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal?.addEventListener('abort', finish, { once: true });
  });
