import { ExponentialBackoff, type IBackoffFactory } from 'cockatiel';

/** Growing pauses with decorrelated jitter, milliseconds: 50 at first, at most 10 000 unless said otherwise. */
export const createBackoff = (
  options: { readonly initialDelayMs?: number; readonly maxDelayMs?: number } = {},
): IBackoffFactory<unknown> =>
  new ExponentialBackoff({
    initialDelay: options.initialDelayMs ?? 50,
    maxDelay: options.maxDelayMs ?? 10_000,
  });
