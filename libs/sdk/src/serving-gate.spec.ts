import {
  type Item,
  type ItemStore,
  SERVING_KEY,
  type ServingState,
  claimServing,
  openServing,
  readServing,
} from '@hybridge/protocol';
import { createMemoryItemStore, testContext } from '@hybridge/testkit';
import { LOOK_AGAIN_MS, createServingGate } from './serving-gate.ts';

function setUp() {
  const memory = createMemoryItemStore();
  const context = testContext();
  let reads = 0;
  const store: ItemStore = { get: (key) => (reads++, memory.get(key)), write: memory.write };
  const claim = (state: ServingState) => claimServing(memory, { state, nonce: 'loader' });
  return { memory, context, claim, gate: createServingGate({ store, context }), reads: () => reads };
}

describe('the serving gate', () => {
  it('claims a table that nobody has, so that nobody loads it any more', async () => {
    const { gate, memory, claim } = setUp();
    expect(gate.isOpen).toBe(false);
    expect(await gate.pass()).toBe(true);
    expect(gate.isOpen).toBe(true);
    expect(await claim('loading')).toMatchObject({ state: 'open' });
    expect(await readServing(memory)).toMatchObject({ state: 'open' });
  });

  it('asks once, however many come at the same time, and never again', async () => {
    const { gate, memory, reads } = setUp();
    await Promise.all(Array.from({ length: 50 }, () => gate.pass()));
    await gate.pass();
    expect(reads()).toBe(1);
    expect(memory.writes).toHaveLength(1);
  });

  it('writes nothing where another has opened the table', async () => {
    const { gate, memory, claim } = setUp();
    await claim('open');
    expect(await gate.pass()).toBe(true);
    expect(memory.writes).toHaveLength(1);
  });

  it('stays shut while the table is being loaded, and looks again once a second', async () => {
    const { gate, memory, context, claim, reads } = setUp();
    await claim('loading');
    expect(await Promise.all([gate.pass(), gate.pass()])).toEqual([false, false]);
    await openServing(memory, 'loader', 'done');
    context.advance(LOOK_AGAIN_MS - 1);
    expect(await gate.pass()).toBe(false);
    expect(reads()).toBe(1);
    context.advance(1);
    expect(await gate.pass()).toBe(true);
    expect(reads()).toBe(2);
  });

  it('is as shut as the table when a loader claims it between look and claim', async () => {
    const { memory, context, claim } = setUp();
    const lateLoader: ItemStore = {
      get: async (key): Promise<Item | undefined> => {
        const item = await memory.get(key);
        await claim('loading');
        return item;
      },
      write: memory.write,
    };
    expect(await createServingGate({ store: lateLoader, context }).pass()).toBe(false);
  });

  it('fails as the store does, and asks anew afterwards', async () => {
    const { gate, memory } = setUp();
    memory.failNextWrite(new Error('throttled'));
    await expect(Promise.all([gate.pass(), gate.pass()])).rejects.toThrow('throttled');
    expect(gate.isOpen).toBe(false);
    expect(await gate.pass()).toBe(true);
    expect(memory.peek(SERVING_KEY)).toBeDefined();
  });
});
