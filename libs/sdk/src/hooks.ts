import type { FillResult } from '@hybridge/reader-sql';
import type { ReadSource } from './types.ts';

/** One document that was asked for and answered. */
export interface ReadEvent {
  readonly view: string;
  readonly operation: 'get' | 'batchGet' | 'query';
  readonly source: ReadSource;
  readonly found: boolean;
  readonly stale: boolean;
  /** Of the whole call, which a batch shares. */
  readonly ms: number;
}

export interface ChangeEvent {
  readonly view: string;
  readonly op: 'update' | 'insert' | 'delete';
  /** `refused`: trying the same again does not help · `failed`: it may. */
  readonly outcome: 'accepted' | 'repeated' | 'refused' | 'failed';
  /** Of the error. */
  readonly code?: string;
  readonly ms: number;
}

/** One key that SQL was asked about. */
export interface FillEvent {
  readonly view: string;
  readonly outcome: FillResult['outcome'] | 'failed';
  readonly ms: number;
}

/** Called after the fact, for metrics. What they throw is dropped, and nobody waits for them. */
export interface HybridgeHooks {
  readonly onRead?: (event: ReadEvent) => void;
  readonly onChange?: (event: ChangeEvent) => void;
  readonly onFill?: (event: FillEvent) => void;
}

/** The hook, unable to do harm; undefined where there is none, so that nothing is measured for nobody. */
export function harmless<E>(hook: ((event: E) => unknown) | undefined): ((event: E) => void) | undefined {
  if (hook === undefined) return undefined;
  return (event) => {
    try {
      Promise.resolve(hook(event)).catch(() => undefined);
    } catch {
      // a metric that cannot be counted is no reason to refuse a customer
    }
  };
}
