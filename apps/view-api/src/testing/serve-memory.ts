/**
 * Serves the installation's views from memory, for a fuzzer: `node --conditions=@hybridge/source serve-memory.ts`.
 * Writes one line `{"url", "token", "staffToken"}` and runs until it is ended.
 */
import { catalog } from '@hybridge/definitions';
import { carryOut, decideSettle } from '@hybridge/protocol';
// eslint-disable-next-line no-restricted-imports -- serves the fuzzer, and is no part of the app
import { settleSignal } from '@hybridge/testkit';
import { keyFromParts, keyOfRow, shapeOf } from '@hybridge/views';
import { addressOf } from './ask.ts';
import { tokenOf } from './local-tokens.ts';
import { type SqlRows, createMemoryApi } from './memory-api.ts';

const TIME = '2026-11-22 16:07:14+00';
const DAY_SECONDS = 86_400;
const IDS = ['0', '1', '2', '42'];
const OWNER = '42';

const ROWS: SqlRows = {
  customers: IDS.map((id) => ({
    id,
    credit_limit: '500',
    preferences: '{"letter":true}',
    phone: null,
    born_on: '1990-02-03',
    remarks: null,
    created_at: TIME,
  })),
  addresses: ['0', 'home', 'a'].map((label) => ({ customer_id: OWNER, label, instructions: null })),
  products: IDS.map((id) => ({
    id,
    list_price: '12.50',
    weight_kg: null,
    in_stock: '3',
    discontinued: 'f',
    attributes: '{}',
    thumbnail: null,
    updated_at: TIME,
  })),
  orders: IDS.map((id) => ({
    id,
    reference: '00000000-0000-4000-8000-000000000001',
    customer_id: OWNER,
    total: '99.95',
    note: null,
    placed_at: TIME,
    shipped_at: null,
  })),
};

/** As if SQL had applied the change, but for the row, which stays as it was. */
async function applyLater(viewName: string, key: readonly unknown[], id: string): Promise<void> {
  const view = catalog.byName(viewName);
  const itemKey = keyOfRow(view, keyFromParts(view, key.map(String)));
  const outcome = { id, out: 'A', at: Date.now() } as const;
  const signal = settleSignal({ key: itemKey, shape: shapeOf(view), outcome });
  await carryOut(store, itemKey, (seen) => decideSettle(signal, context, seen));
}

const { app, store, context } = createMemoryApi({
  catalog,
  rows: ROWS,
  server: {
    limits: { callerPerMinute: 1e9, addressPerMinute: 1e9, streamAgeMs: 20, streams: 1e6, streamsPerCaller: 1e6 },
  },
  observe: (hybridge) => {
    const { change } = hybridge;
    const changeAndApply = async (...args: Parameters<typeof change>) => {
      const accepted = await change(...args);
      await applyLater(String(args[0]), args[1], accepted.changeId);
      return accepted;
    };
    return Object.assign(hybridge, { change: changeAndApply });
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());
const exp = Math.floor(Date.now() / 1000) + DAY_SECONDS;
const url = await addressOf(app);
const token = await tokenOf(OWNER, { exp });
console.log(JSON.stringify({ url, token, staffToken: await tokenOf(OWNER, { exp, scope: 'staff' }) }));
