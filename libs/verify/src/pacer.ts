import { pause } from '@hybridge/runtime';

/** Holds a loop to a rate. */
export interface Pacer {
  /** Resolves when `count` more may be handled; at once after the signal fired. */
  take(count: number, signal?: AbortSignal): Promise<void>;
}

/** @param perSecond undefined: as fast as it goes */
export function createPacer(perSecond: number | undefined): Pacer {
  if (perSecond === undefined) return { take: async () => undefined };
  let freeAt = 0;
  return {
    async take(count, signal) {
      const now = performance.now();
      const startAt = Math.max(now, freeAt);
      freeAt = startAt + (count / perSecond) * 1_000;
      if (startAt > now) await pause(startAt - now, signal);
    },
  };
}
