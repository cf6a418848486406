import { type ItemStore, type ProtocolContext, ServingState, claimServing, readServing } from '@hybridge/protocol';

/**
 * Lets readers and writers wait for the first load of the view table, and keeps a table that they came to first from
 * being loaded past them.
 */
export interface ServingGate {
  /** Whether the table is known to be served: from then on for ever, and without asking anybody. */
  readonly isOpen: boolean;
  /**
   * Asks whether the table is served, and claims it when nobody has. Callers at the same time share one answer, and
   * while the table is being loaded an answer holds for `LOOK_AGAIN_MS`.
   * @throws as the store
   */
  pass(): Promise<boolean>;
}

/** How long a table that is being loaded is not looked at again. */
export const LOOK_AGAIN_MS = 1_000;

/** One per process and view table. */
export function createServingGate({
  store,
  context,
}: {
  readonly store: ItemStore;
  readonly context: ProtocolContext;
}): ServingGate {
  let isOpen = false;
  let closedUntil = Number.NEGATIVE_INFINITY;
  let looking: Promise<boolean> | undefined;

  const look = async (): Promise<boolean> => {
    // Read first: of the many processes that come, only one has anything to write.
    const serving =
      (await readServing(store)) ?? (await claimServing(store, { state: ServingState.open, nonce: context.nonce() }));
    isOpen = serving.state === ServingState.open;
    if (!isOpen) closedUntil = context.now() + LOOK_AGAIN_MS;
    return isOpen;
  };

  return {
    get isOpen() {
      return isOpen;
    },
    async pass() {
      if (isOpen) return true;
      if (context.now() < closedUntil) return false;
      looking ??= look().finally(() => {
        looking = undefined;
      });
      return looking;
    },
  };
}
