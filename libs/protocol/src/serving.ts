import { text, scalarOf } from './attribute.ts';
import { ControlMeta, type Item, type ItemKey, nonceOf } from './item.ts';
import type { ItemStore } from './ports.ts';
import { buildWrite } from './write.ts';

/**
 * Whether anybody may be served from the view table. A table starts unclaimed; the first reader or projector that comes
 * makes it `open`, or a projector that loads it first makes it `loading`. From open there is no way back, so that whoever
 * has seen it need not look again.
 */
export const ServingState = { open: 'open', loading: 'loading' } as const;
export type ServingState = (typeof ServingState)[keyof typeof ServingState];

export interface Serving {
  readonly state: ServingState;
  /** Of its last change: while loading, a loader that is alive changes it again and again. */
  readonly nonce: string;
}

/** One for each view table. */
export const SERVING_KEY: ItemKey = { pk: 'C#serving', sk: 'table' };

/** Undefined: nobody has claimed the table yet. @throws as the store's `get` */
export async function readServing(store: Pick<ItemStore, 'get'>): Promise<Serving | undefined> {
  return servingOf(await store.get(SERVING_KEY));
}

/**
 * Claims the table, unless somebody has. May be repeated with the same claim when the answer was lost.
 * @returns what holds now; ours if its nonce is
 * @throws as the store's `write`
 */
export async function claimServing(store: ItemStore, wanted: Serving): Promise<Serving> {
  const { ok, item } = await store.write(
    buildWrite('claimServing', { key: SERVING_KEY, values: { sv: text(wanted.state), w: text(wanted.nonce) } }),
  );
  return ok ? wanted : (servingOf(item) ?? wanted);
}

/**
 * Tells that the loader of `nonce` is alive, from now on as `next`. May be repeated when the answer was lost.
 * @returns false: the table is no longer that loader's
 * @throws as the store's `write`
 */
export const renewLoading = (store: ItemStore, nonce: string, next: string): Promise<boolean> =>
  change(store, nonce, { state: ServingState.loading, nonce: next });

/** Opens the table that the loader of `nonce` was loading. As `renewLoading`. */
export const openServing = (store: ItemStore, nonce: string, next: string): Promise<boolean> =>
  change(store, nonce, { state: ServingState.open, nonce: next });

async function change(store: ItemStore, nonce: string, next: Serving): Promise<boolean> {
  const { ok, item } = await store.write(
    buildWrite('changeServing', {
      key: SERVING_KEY,
      values: { w0: text(nonce), loading: text(ServingState.loading), sv: text(next.state), w: text(next.nonce) },
    }),
  );
  return ok || (item !== undefined && nonceOf(item) === next.nonce);
}

/** Of the register's item, however it was read. */
function servingOf(item: Item | undefined): Serving | undefined {
  const state = item === undefined ? undefined : scalarOf(item[ControlMeta.serving]);
  if (item === undefined || state === undefined) return undefined;
  return { state: state === ServingState.loading ? ServingState.loading : ServingState.open, nonce: nonceOf(item) };
}
