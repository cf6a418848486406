import { MAX_VISIBILITY_SECONDS } from './limits.ts';

export interface RedeliveryOptions {
  /** Wait before the second try, seconds. */
  readonly baseSeconds: number;
  /** Longest wait, seconds. */
  readonly maxSeconds: number;
}

/**
 * Seconds until a failed message is handed out again: doubles with every receipt, and is spread over its upper half so
 * that messages that failed together do not come back together.
 *
 * @param random a number from 0 up to 1
 */
export function redeliveryDelay(receiveCount: number, options: RedeliveryOptions, random: number): number {
  const longest = Math.min(options.maxSeconds, MAX_VISIBILITY_SECONDS);
  const full = Math.min(longest, options.baseSeconds * 2 ** Math.max(0, receiveCount - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
