import type { ItemStore } from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';

/** How far writes may run ahead of the pace, milliseconds. */
const BURST_MS = 100;

export interface PacedStoreOptions {
  readonly perSecond: number;
  /** Ends the waiting: writes throw its reason. */
  readonly signal: AbortSignal;
}

/** A store that writes at a pace, whoever waits for it. */
export function createPacedStore(store: ItemStore, { perSecond, signal }: PacedStoreOptions): ItemStore {
  const eachMs = 1_000 / perSecond;
  let nextAt = 0;
  const turn = async (): Promise<void> => {
    const now = performance.now();
    nextAt = Math.max(nextAt, now - BURST_MS) + eachMs;
    if (nextAt > now) await pause(nextAt - now, signal);
    signal.throwIfAborted();
  };
  return {
    get: (key) => store.get(key),
    async write(write) {
      await turn();
      return store.write(write);
    },
  };
}
