import {
  DEFAULT_LIMITS,
  type Decision,
  type Item,
  type ItemKey,
  Meta,
  type ProtocolContext,
  type RowChange,
  type Seen,
  type Write,
  decideRowChange,
  judgeRead,
  text,
  versionOf,
  plainShape,
} from '@hybridge/protocol';
import { holds, updated } from '@hybridge/testkit';
import { int8, notNull, nullable, table, text as textColumn, view, column, source } from '@hybridge/views';
import { type Interner, createInterner } from '../checker/interner.ts';
import type { Configuration } from './configuration.ts';
import type { Design } from './design.ts';
import type { Task } from './state.ts';

export const KEY: ItemKey = { pk: 'm1#ROW#1', sk: 'ROW' };
export const COLUMN_NAMES: readonly string[] = ['a', 'b'];

/** The nonce and the lease token of the last write; older ones are all called `former`. */
export const CURRENT = 'current';
export const FORMER = 'former';
export const NOW_MS = 1_000_000_000_000;

/** What the steps of one model share: design, configuration, and memories that make them fast. */
export interface World {
  readonly design: Design;
  readonly configuration: Configuration;
  readonly interner: Interner;
  readonly context: ProtocolContext;
  readonly view: ReturnType<typeof viewOf>;
  decide(task: Task, seen: Seen): Decision<string>;
  /** One conditional write. `item` is what the table holds afterwards. */
  write(write: Write, item: Item | undefined): Written;
  /** Whether the condition that is sent can only hold on the very item that was seen. */
  needsNonce(write: Write): boolean;
  /** Whether a fill without the current lease can only fail. */
  readonly fillsNeedLease: boolean;
}

export interface Written {
  readonly ok: boolean;
  readonly item: Item | undefined;
  /** The item stepped back to an older version. */
  readonly wentBack: boolean;
}

const context: ProtocolContext = { now: () => NOW_MS, nonce: () => CURRENT, limits: DEFAULT_LIMITS };

export function createWorld(configuration: Configuration, design: Design): World {
  const interner = createInterner();
  const decisions = new Map<string, Decision<string>>();
  const writes = new WeakMap<Write, Map<number, Written>>();

  const decide = (task: Task, seen: Seen): Decision<string> => {
    const id = `${interner.idOf(task)}:${seen === undefined ? '-' : interner.idOf(seen.item)}`;
    const known = decisions.get(id);
    if (known !== undefined) return known;
    const decision = interner.canonical(decideTask(task, seen, { design, configuration }));
    decisions.set(id, decision);
    return decision;
  };

  const write = (request: Write, item: Item | undefined): Written => {
    const results = writes.get(request) ?? new Map<number, Written>();
    writes.set(request, results);
    const id = interner.idOf(item);
    const known = results.get(id);
    if (known !== undefined) return known;
    const result = carryOutWrite(request, item, design);
    const written = { ...result, item: result.item && interner.canonical(result.item) };
    results.set(id, written);
    return written;
  };

  const probes = [
    design.fillWrite(PROBE, plainShape([]), {}, context),
    design.fillWrite(PROBE, plainShape([]), undefined, context),
    design.fillUnstorableWrite(PROBE, '', context),
  ];
  return {
    design,
    configuration,
    interner,
    context,
    view: viewOf(configuration),
    decide,
    write,
    needsNonce: (request) => isDemanded(design.conditionOf(request), '#w = :w0'),
    fillsNeedLease: probes.every((probe) => isDemanded(design.conditionOf(probe), '#lt = :tok')),
  };
}

const PROBE = { key: KEY, token: '', version: '' as never, transaction: undefined };

const isDemanded = (condition: string, clause: string): boolean =>
  condition.includes(clause) && !condition.includes(' OR ');

type Parts = Pick<World, 'design' | 'configuration'>;

function decideTask(task: Task, seen: Seen, { design, configuration }: Parts): Decision<string> {
  switch (task.kind) {
    case 'row':
      return seen === undefined && task.put === true
        ? putOf(task.change)
        : design.decideRowChange(task.change, configuration.mode, context, seen);
    case 'settle':
      return design.decideSettle(task.signal, context, seen);
    case 'change':
      if (configuration.fillsFirst && seen !== undefined && judgeRead(seen.item, NOW_MS) === 'miss') {
        return { do: 'done', outcome: 'missing' };
      }
      return design.decideCustomerChange(task.change, context, seen);
    case 'repair':
      return design.decideRepair(KEY, context, seen);
    case 'park':
      return parked(design.decideRepair(KEY, context, seen));
  }
}

/** The fence of a parked key is left to readers, and to whoever releases it. */
const parked = (decision: Decision<string>): Decision<string> =>
  decision.do === 'write' ? { ...decision, outcome: 'parked' } : decision;

/** In the place of a condition: nothing is asked, and nothing of what was there stays. */
const PUT = 'put';

/** A loader stores the item that condition 1 would create where there is none. */
function putOf(change: RowChange): Decision<string> {
  const decision = decideRowChange({ ...change, aged: false }, 'eager', context, undefined);
  if (decision.do !== 'write') return decision;
  return { ...decision, write: { ...decision.write, condition: PUT } };
}

function carryOutWrite(write: Write, item: Item | undefined, design: Design): Written {
  const isPut = write.condition === PUT;
  const scope = { attributes: isPut ? {} : (item ?? {}), names: write.names, values: write.values };
  if (!isPut && !holds(design.conditionOf(write), scope)) return { ok: false, item, wentBack: false };
  const after = { ...updated(write.update, scope), pk: text(KEY.pk), sk: text(KEY.sk) };
  const left = design.leaves(write, sorted(after));
  return { ok: true, item: left, wentBack: isOlder(left, item) };
}

/** Attribute order has no meaning; equal items have to read the same. */
const sorted = (item: Item): Item =>
  Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) as Item;

function isOlder(after: Item | undefined, before: Item | undefined): boolean {
  const [left, right] = [after && versionOf(after), before && versionOf(before)];
  return left !== undefined && right !== undefined && left < right;
}

/** The write as it goes out after somebody else wrote: its nonce is not the item's any more. */
const outdatedWrites = new WeakMap<Write, Write>();
export function outdated(write: Write): Write {
  if (write.values[':w0'] === undefined) return write;
  const known = outdatedWrites.get(write) ?? { ...write, values: { ...write.values, ':w0': text(FORMER) } };
  outdatedWrites.set(write, known);
  return known;
}

const rowTable = table({
  source: source('model', 'postgres'),
  name: 'public.rows',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), a: nullable(textColumn()), b: nullable(textColumn()) },
});

function viewOf({ policy, primary }: Configuration) {
  return view('rows', {
    table: rowTable,
    key: { pk: ['m1', 'ROW', column('id')], sk: ['ROW'] },
    attributes: { id: 'id', a: 'a', b: 'b' },
    primary,
    changes: { allow: ['a', 'b'], policy, insert: true, delete: true },
  });
}

/** The attribute that names a lease, if the item carries one. */
export const hasLease = (item: Item | undefined): boolean => item?.[Meta.leaseToken] !== undefined;
