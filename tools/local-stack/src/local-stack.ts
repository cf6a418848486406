/** What a started stack offers, whichever form it runs in. */
import type { AwsEmulator } from './config.ts';
import type { ComponentName } from './description.ts';
import type { Endpoints, StackForm } from './endpoints.ts';

export type LocalStack = AsyncDisposable & {
  readonly form: StackForm;
  readonly endpoints: Endpoints;
  /** Which program answers at `endpoints.aws`: MiniStack is the printed fallback where LocalStack cannot run. */
  readonly awsEmulator: AwsEmulator;
  /** In start order. */
  readonly components: readonly ComponentName[];
  /** Where logs and data of this run are; undefined in the compose form. */
  readonly runDirectory: string | undefined;
  /** Pids of the components' processes that run now; empty in the compose form. */
  processIds(): Partial<Record<ComponentName, number>>;
  /**
   * Sends a signal (default SIGKILL) and returns when the process has ended, or at once for SIGSTOP and SIGCONT.
   * The crash callback is not called for it.
   */
  killComponent(name: ComponentName, signal?: NodeJS.Signals): Promise<void>;
  /** Starts a stopped or killed component again, on the same data and port; resolves when it is ready. */
  startComponent(name: ComponentName): Promise<void>;
  /** Ends a component politely. */
  stopComponent(name: ComponentName): Promise<void>;
  /** Stop, then start. DynamoDB Local and the AWS emulator hold their data in memory and come back empty. */
  restartComponent(name: ComponentName): Promise<void>;
  /** Ends everything and removes the run's data (its logs stay). May be called twice. */
  stop(): Promise<void>;
};

/** A component that ended without being asked to. */
export type ComponentCrash = {
  readonly component: ComponentName;
  readonly title: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly logFile: string;
  readonly logTail: string;
};
