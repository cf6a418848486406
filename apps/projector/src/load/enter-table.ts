import type { Logger } from '@hybridge/observability';
import {
  type ItemStore,
  Meta,
  type ProtocolContext,
  ServingState,
  claimServing,
  isControlKey,
  keyOf,
} from '@hybridge/protocol';
import { retryTransient } from '@hybridge/runtime';
import type { ItemScan } from '../truncate/sweep.ts';
import type { Clock } from './clock.ts';
import { type LoadLease, createLoadLease, momentOf } from './load-lease.ts';
import { waitUntilOpen } from './waiting.ts';

export interface EnterOptions {
  readonly store: ItemStore;
  readonly items: ItemScan;
  readonly clock: Clock;
  readonly context: Pick<ProtocolContext, 'nonce'>;
  readonly logger: Logger;
  /** Whether the table is to be loaded by puts, if nobody was here before. */
  readonly bulk: boolean;
  readonly leaseMs: number;
  readonly graceMs: number;
  /** Told while another projector loads the table, and when that is over. */
  readonly onWaiting?: (isWaiting: boolean) => void;
}

/**
 * What every projector does before it writes: says that the table is served from, or that it loads the table first; and
 * waits while another one does.
 * @returns the right to put rows, when the table is ours to load and holds nothing; else undefined: it is open
 * @throws permanent errors of the store; the last error when the signal has fired
 */
export async function enterTable(options: EnterOptions, signal: AbortSignal): Promise<LoadLease | undefined> {
  const { store, clock, logger, leaseMs, graceMs } = options;
  const { nonce } = options.context;
  const wanted = { state: options.bulk ? ServingState.loading : ServingState.open, nonce: nonce() };
  const at = momentOf(clock);
  const serving = await retryTransient(() => claimServing(store, wanted), { signal });
  if (serving.nonce !== wanted.nonce) {
    if (options.bulk) logger.warn({ state: serving.state }, 'no first load: the table was claimed before');
    if (serving.state === ServingState.loading) await waitForOthers(options, leaseMs + graceMs, signal);
    return undefined;
  }
  if (!options.bulk) return undefined;
  const lease = createLoadLease({ store, clock, nonce, leaseMs, claim: { nonce: wanted.nonce, at } });
  if (await retryTransient(() => isEmpty(options.items, signal), { signal })) return lease;
  logger.warn('no first load: the table holds items already');
  await lease.open(signal);
  return undefined;
}

async function waitForOthers(options: EnterOptions, patienceMs: number, signal: AbortSignal): Promise<void> {
  const { store, clock, logger, onWaiting } = options;
  const { nonce } = options.context;
  logger.info(
    { seconds: patienceMs / 1000 },
    'another projector loads the table: waiting until it is open, or gone so long',
  );
  onWaiting?.(true);
  const by = await waitUntilOpen({ store, clock, nonce, patienceMs }, signal);
  onWaiting?.(false);
  if (by === 'us') logger.warn('the loader gave no sign of life: the table was opened for it');
}

async function isEmpty(items: ItemScan, signal: AbortSignal): Promise<boolean> {
  for await (const item of items.scan({ consistent: true, attributes: [Meta.state], signal })) {
    if (!isControlKey(keyOf(item))) return false;
  }
  return true;
}
