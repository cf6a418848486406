import assert from 'node:assert/strict';
import type { Contract } from '@hybridge/contracts';
import { type AnyView, type Catalog, type Document, createCatalog } from '@hybridge/views';
import { TestkitError } from '../errors.ts';
import { repeatedly, shuffle } from './deliveries.ts';
import { type LogRecord, type SqlLog, createSqlLog } from './log.ts';
import type { TestChange, TestRow } from './rows.ts';
import { type MadeEvent, type World, createWorld } from './world.ts';

/**
 * What readers get, by view: documents in the order in which the rows were named. Attributes that are not named do not
 * matter; keys of indexes are named as the item has them, `undefined` where it must not have them. A view that is not
 * named has no items.
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
   * Delivers the records in other orders as well: keys in any order to each other, and parts of the log again.
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
 * @throws ViewError when the views do not go together
 */
export function specification(...views: readonly AnyView[]): { given(...rows: readonly TestRow[]): Given } {
  const catalog = createCatalog(views);
  return {
    given: (...rows) => ({
      when: (...changes) => whenOf({ catalog, rows, changes, times: 1, seeds: [] }),
    }),
  };
}

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
  const world = createWorld(example.catalog, log.rowOf);
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
  const world = createWorld(example.catalog, log.rowOf);
  for (const record of log.records) await world.deliver(record);
  for (const change of example.changes) log.commit(change);
  const records: readonly LogRecord[] = repeatedly(log.records.slice(before), example.times);
  for (const record of shuffle(records, seed)) await world.deliver(record);
  await assertSame(`shuffled with seed ${seed}`, async () => {
    assert.deepEqual(sorted(world.events.map(named)), sorted(events.map(expectedName)));
    await assertItems(example, log, world, items);
  });
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
  for (const name of Object.keys(expected)) catalog.byName(name);
  for (const view of catalog.views) {
    const found = await documentsOf(view, log, world);
    const wanted = expected[view.name] ?? [];
    assert.deepEqual(
      found.map((document, i) => onlyNamed(document, wanted[i])),
      wanted,
    );
  }
}

async function documentsOf(view: AnyView, log: SqlLog, world: World): Promise<readonly Document[]> {
  const documents: Document[] = [];
  for (const { table, key } of log.keys) {
    const document = view.table === table ? await world.read(view, key) : undefined;
    if (document !== undefined) documents.push(document);
  }
  return documents;
}

/** A document that nobody expects is shown as a whole. */
const onlyNamed = (document: Document, wanted: { readonly [attribute: string]: unknown } | undefined) =>
  wanted === undefined ? document : Object.fromEntries(Object.keys(wanted).map((name) => [name, document[name]]));
