import { type Logger, pino } from 'pino';

export type { Logger };

export interface LoggerOptions {
  readonly app: string;
  /** Default `info`. */
  readonly level?: string;
}

/** JSON lines on stdout, one logger an app. */
export const createLogger = (options: LoggerOptions): Logger =>
  pino({
    name: options.app,
    level: options.level ?? 'info',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });

/** For tests and tools that want no output. */
export const silentLogger = (): Logger => pino({ level: 'silent' });
