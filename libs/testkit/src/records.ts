import {
  type Attributes,
  type CustomerChange,
  DEFAULT_LIMITS,
  type Item,
  type ItemKey,
  ItemState,
  Meta,
  type PendingChange,
  type ProtocolContext,
  type ProtocolLimits,
  type RowChange,
  type SettleSignal,
  type Version,
  ZERO_VERSION,
  encodePendingList,
  encodeVersion,
  text,
  plainShape,
} from '@hybridge/protocol';

export const KEY: ItemKey = { pk: 'c1#CUSTOMER#42', sk: 'CUSTOMER' };
export const COLUMN_NAMES: readonly string[] = ['city', 'name'];

/** The `n`th version of a source's history. */
export const versionAt = (n: number, epoch = 0): Version =>
  encodeVersion({ epoch, major: BigInt(n), minor: BigInt(n), offset: BigInt(n) });

/** A context whose clock stands still until the test moves it, and whose nonces count. */
export interface TestContext extends ProtocolContext {
  advance(ms: number): void;
}

export function testContext(
  options: { readonly limits?: Partial<ProtocolLimits>; readonly nowMs?: number } = {},
): TestContext {
  let now = options.nowMs ?? 1_700_000_000_000;
  let nonces = 0;
  return {
    now: () => now,
    nonce: () => `w${++nonces}`,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    advance: (ms) => {
      now += ms;
    },
  };
}

/** A row change of the view the test works with; default: a full image of customer 42 at version 1. */
export const rowChange = (overrides: Partial<RowChange> & { readonly n?: number } = {}): RowChange => {
  const { n = 1, ...rest } = overrides;
  return {
    key: KEY,
    kind: 'upsert',
    columns:
      rest.kind === 'delete' || rest.kind === 'unstorable' ? {} : { city: text(`city ${n}`), name: text(`name ${n}`) },
    shape: plainShape(COLUMN_NAMES),
    version: versionAt(n),
    transaction: String(700 + n),
    committedAt: 1_700_000_000_000 + n,
    ...rest,
  };
};

/** A customer's change as the SDK hands it to the protocol; default: customer 42 moves to Utrecht. */
export const customerChange = (overrides: Partial<CustomerChange> = {}): CustomerChange => ({
  id: 'change-1',
  key: KEY,
  op: 'u',
  set: overrides.op === 'd' ? {} : { city: text('Utrecht') },
  shape: plainShape(COLUMN_NAMES),
  by: 'customer:42',
  ...overrides,
});

/** A change that SQL has not answered, as an item carries it. */
export const pending = (overrides: Partial<PendingChange> = {}): PendingChange => ({
  id: 'change-1',
  n: 1,
  op: 'u',
  set: { city: text('Utrecht') },
  base: { city: text('Leiden') },
  baseVersion: ZERO_VERSION,
  at: 1_700_000_000_000,
  by: 'customer:42',
  ...overrides,
});

/** SQL's answer to `change-1`; default: applied at version 2, without an image. */
export const settleSignal = (
  overrides: Partial<SettleSignal> & { readonly n?: number; readonly id?: string } = {},
): SettleSignal => {
  const { n = 2, id = 'change-1', ...rest } = overrides;
  return {
    key: KEY,
    shape: plainShape(COLUMN_NAMES),
    outcome: { id, out: 'A', at: 1_700_000_000_100 },
    image: undefined,
    version: versionAt(n),
    transaction: String(700 + n),
    committedAt: 1_700_000_000_000 + n,
    ...rest,
  };
};

export interface ItemInput {
  readonly key?: ItemKey;
  readonly state?: ItemState;
  readonly columns?: Attributes;
  readonly n?: number;
  readonly pending?: readonly PendingChange[];
  /** Further metadata, by attribute name. */
  readonly meta?: Attributes;
}

/** An item as it lies in the table; default: live, at version 1, Leiden. */
export function item(input: ItemInput = {}): Item {
  const { pk, sk } = input.key ?? KEY;
  const state = input.state ?? ItemState.live;
  const columns = input.columns ?? (state === ItemState.live ? { city: text('Leiden'), name: text('Ada') } : {});
  const changes = input.pending ?? [];
  return {
    pk: text(pk),
    sk: text(sk),
    ...columns,
    [Meta.state]: text(state),
    [Meta.version]: text(versionAt(input.n ?? 1)),
    [Meta.nonce]: text('w0'),
    ...(changes.length === 0 ? {} : { [Meta.pending]: encodePendingList(changes) }),
    ...input.meta,
  };
}
