import assert from 'node:assert/strict';
import type { Contract } from '@hybridge/contracts';
import { ViewMode } from '@hybridge/protocol';
import { type AnyView, type Catalog, createCatalog } from '@hybridge/views';
import { TestkitError } from '../errors.ts';
import { onlyNamed } from './comparison.ts';
import { createRandom, repeatedly, shuffle } from './deliveries.ts';
import { type LogRecord, type SqlLog, createSqlLog } from './log.ts';
import type { TestChange, TestRow } from './rows.ts';
import { type MadeEvent, type ShownDocument, type World, createWorld } from './world.ts';

/**
 * What readers get, by view: documents in the order in which the rows were named. Attributes that are not named do not
 * matter, also of embedded rows; keys of indexes are named as the item has them, `undefined` where it must not have them.
 * Collections may be named too: documents in the order of their keys. A view that is not named has no items.
 */
export type ExpectedItems = {
  readonly [view: string]: readonly { readonly [attribute: string]: unknown }[];
};

/** An event, and its data as a whole. */
export type ExpectedEvent = readonly [contract: Contract, data: unknown];

export interface Given {
  /** Commits of SQL, in their order. */
  when(...changes: readonly TestChange[]): When;
}

export interface When {
  /** Delivers every record so many times, one behind the other; default 2. */
  repeated(times?: number): When;
  /**
   * Delivers the records in other orders as well: tables and keys in any order to each other, and parts of the log again.
   * Lazy views without events are read in between; what the world hears of others depends on who has read them.
   * @param options `runs`: how many orders, default 20; `seed` of the first, default 1
   */
  shuffled(options?: { readonly runs?: number; readonly seed?: number }): When;
  /**
   * Holds what readers get and what the definitions tell of against what is expected.
   * @throws TestkitError naming the order of delivery that differs
   */
  then(items: ExpectedItems, events?: readonly ExpectedEvent[]): Promise<void>;
}

/**
 * What definitions do, shown by examples: `given(row(…)).when(changed(…)).then({ orders: [{ status: 'shipped' }] }, […])`.
 * Runs the decoders and decisions that are shipped, on a view table in memory.
 * @param views and those whose items they collect
 * @throws ViewError when the views do not go together
 */
export function specification(...views: readonly AnyView[]): { given(...rows: readonly TestRow[]): Given } {
  const catalog = createCatalog([...new Set(views.flatMap(withCollected))]);
  return {
    given: (...rows) => ({
      when: (...changes) => whenOf({ catalog, rows, changes, times: 1, seeds: [] }),
    }),
  };
}

const withCollected = (view: AnyView): readonly AnyView[] => [
  view,
  ...Object.values<AnyView>(view.collect).flatMap(withCollected),
];

interface Example {
  readonly catalog: Catalog;
  readonly rows: readonly TestRow[];
  readonly changes: readonly TestChange[];
  readonly times: number;
  /** Of the orders that are tried besides the log's own. */
  readonly seeds: readonly number[];
}

const whenOf = (example: Example): When => ({
  repeated: (times = 2) => whenOf({ ...example, times }),
  shuffled: ({ runs = 20, seed = 1 } = {}) =>
    whenOf({ ...example, seeds: Array.from({ length: runs }, (_, i) => seed + i) }),
  async then(items, events = []) {
    if (typeof items === 'function') return refuseAwait(events as unknown as (error: unknown) => void);
    await runInOrder(example, items, events);
    for (const seed of example.seeds) await runShuffled(example, seed, items, events);
  },
});

/** `await` without `then(…)` calls it with functions: nothing would have been checked. */
function refuseAwait(reject: (error: unknown) => void): void {
  reject(new TestkitError('HYBRIDGE_TESTKIT_EXAMPLE_DIFFERS', 'Say what is expected: .then(items, events).'));
}

/** Each commit reaches the items before the next. */
async function runInOrder(example: Example, items: ExpectedItems, events: readonly ExpectedEvent[]): Promise<void> {
  const log = createSqlLog();
  const world = createWorld(example.catalog, log);
  for (const row of example.rows) await deliverNew(log, world, example.times, () => log.snapshot(row));
  for (const change of example.changes) await deliverNew(log, world, example.times, () => log.commit(change));
  await assertSame(`in order${example.times > 1 ? `, ${example.times} times each` : ''}`, async () => {
    assert.deepEqual(world.events.map(named), events.map(expectedName));
    await assertItems(example, log, world, items);
  });
}

async function deliverNew(log: SqlLog, world: World, times: number, act: () => void): Promise<void> {
  const known = log.records.length;
  act();
  for (const record of repeatedly(log.records.slice(known), times)) await world.deliver(record);
}

/** SQL is ahead: all is committed before the first record arrives. */
async function runShuffled(
  example: Example,
  seed: number,
  items: ExpectedItems,
  events: readonly ExpectedEvent[],
): Promise<void> {
  const log = createSqlLog();
  for (const row of example.rows) log.snapshot(row);
  const before = log.records.length;
  const world = createWorld(example.catalog, log);
  for (const record of shuffle(log.records, seed)) await world.deliver(record);
  for (const change of example.changes) log.commit(change);
  const records: readonly LogRecord[] = repeatedly(log.records.slice(before), example.times);
  const random = createRandom(seed);
  for (const record of shuffle(records, seed)) {
    await readSome(example, log, world, random);
    await world.deliver(record);
  }
  await assertSame(`shuffled with seed ${seed}`, async () => {
    assert.deepEqual(sorted(world.events.map(named)), sorted(events.map(expectedName)));
    await assertItems(example, log, world, items);
  });
}

/** How likely a row is read before each record. */
const READ_CHANCE = 0.2;

async function readSome({ catalog }: Example, log: SqlLog, world: World, random: () => number): Promise<void> {
  for (const view of catalog.views) {
    if (view.mode !== ViewMode.lazy || view.events.length > 0) continue;
    for (const { table, key } of log.keys) {
      if (view.table === table && random() < READ_CHANCE) await world.read(view, key);
    }
  }
}

async function assertSame(order: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (cause) {
    const { message } = cause as Error; // of another realm where a test runner has its own
    throw new TestkitError('HYBRIDGE_TESTKIT_EXAMPLE_DIFFERS', `Delivered ${order}: ${message}`);
  }
}

interface NamedEvent {
  readonly type: string;
  readonly data: unknown;
}

const named = ({ contract, data }: MadeEvent): NamedEvent => ({ type: contract.detailType, data });
const expectedName = ([contract, data]: ExpectedEvent): NamedEvent => ({ type: contract.detailType, data });

const sorted = (events: readonly NamedEvent[]): readonly NamedEvent[] =>
  [...events].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

async function assertItems({ catalog }: Example, log: SqlLog, world: World, expected: ExpectedItems): Promise<void> {
  for (const name of Object.keys(expected)) {
    assert.ok(!catalog.byName(name).isBase, `${name} is hidden; say what the views show that embed it.`);
  }
  for (const view of catalog.views) {
    const found = await documentsOf(view, log, world);
    const wanted = expected[view.name] ?? [];
    assert.deepEqual(onlyNamed(view, found, wanted), wanted);
  }
}

async function documentsOf(view: AnyView, log: SqlLog, world: World): Promise<readonly ShownDocument[]> {
  const documents: ShownDocument[] = [];
  for (const { table, key } of log.keys) {
    if (view.table === table) documents.push(...(await world.read(view, key)));
  }
  return documents;
}
