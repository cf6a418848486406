/** Whatever happens to an item, what is derived of it follows what it shows. */
import { parseChangeEvent, parseInboxRow } from '@hybridge/contracts';
import {
  type Attributes,
  type Item,
  ItemState,
  carryOut,
  columnsOf,
  decideCustomerChange,
  decideRepair,
  decideRowChange,
  decideSettle,
  fillWrite,
  isIndexAttribute,
  leaseOf,
  leaseWrite,
  pendingOf,
  sameAttributes,
  stateOf,
  text,
} from '@hybridge/protocol';
import {
  type AnyView,
  UNAVAILABLE,
  attribute,
  column,
  columnsOfView,
  decodeAnswer,
  decodeRowChange,
  decodeTextRow,
  int4,
  indexAttributes,
  notNull,
  nullable,
  projectRow,
  provenanceOf,
  shapeOf,
  source,
  table,
  text as textColumn,
  view,
} from '@hybridge/views';
import fc from 'fast-check';
import { type CellRow, changeEvent, inboxEvent } from '../change-event.ts';
import { type MemoryItemStore, createMemoryItemStore } from '../memory-item-store.ts';
import { testContext } from '../records.ts';

const people = table({
  source: source('shop', 'postgres'),
  name: 'public.people',
  primaryKey: ['id'],
  columns: {
    id: notNull(int4()),
    name: notNull(textColumn()),
    city: nullable(textColumn()),
    bio: nullable(textColumn()),
    hidden: nullable(textColumn()),
  },
});
const definition = {
  table: people,
  attributes: { id: 'id', name: 'name', city: 'city', bio: 'bio' },
  computed: {
    label: {
      from: ['name', 'city'],
      type: nullable(textColumn()),
      value: ({ name, city }: { name: string; city: string | null }) => (city === null ? null : `${name}-${city}`),
    },
    summary: {
      from: ['bio'],
      type: nullable(textColumn()),
      value: ({ bio }: { bio: string | null }) => bio?.slice(0, 1) ?? null,
    },
  },
  where: { from: ['hidden'], keep: ({ hidden }: { hidden: string | null }) => hidden === null },
  changes: { allow: ['name', 'city', 'bio'], insert: true, delete: true },
} as const;
const eager: AnyView = view('people', {
  ...definition,
  key: { pk: ['p1', column('id')], sk: ['P'] },
  indexes: {
    byCity: { pk: ['CITY', attribute('city')], sk: [attribute('name')] },
    byLabel: { pk: ['LABEL'], sk: [attribute('label')] },
    bySummary: { pk: ['SUMMARY', attribute('summary')], sk: ['S'] },
  },
});
const lazy: AnyView = view('lazy', { ...definition, key: { pk: ['l1', column('id')], sk: ['P'] }, mode: 'lazy' });

const KEY_OF: Readonly<Record<string, string>> = { people: 'p1#1', lazy: 'l1#1' };
const keyOf = (of: AnyView) => ({ pk: KEY_OF[of.name] as string, sk: 'P' });

/** By hand, from what the item shows. */
function expectedOf(of: AnyView, item: Item): Attributes {
  const { name, city, bio } = columnsOf(item) as Record<string, { S?: string }>;
  const computed = {
    label: city?.S === undefined ? { NULL: true as const } : text(`${name?.S}-${city.S}`),
    summary: bio?.S === undefined ? { NULL: true as const } : text(bio.S.slice(0, 1)),
  };
  if (of === lazy) return computed;
  const keys = (index: string, pk: string, sk: string) => ({ [`_${index}_pk`]: text(pk), [`_${index}_sk`]: text(sk) });
  return {
    ...computed,
    ...(city?.S === undefined ? {} : keys('byCity', `CITY#${city.S}`, name?.S ?? '')),
    ...(city?.S === undefined ? {} : keys('byLabel', 'LABEL', `${name?.S}-${city.S}`)),
    ...(bio?.S === undefined ? {} : keys('bySummary', `SUMMARY#${bio.S.slice(0, 1)}`, 'S')),
  };
}

const derivedIn = (item: Item): Attributes =>
  Object.fromEntries(
    Object.entries(item).filter(([name]) => isIndexAttribute(name) || ['label', 'summary'].includes(name)),
  );

function assertFollows(of: AnyView, store: MemoryItemStore): void {
  const item = store.peek(keyOf(of));
  if (item === undefined) return;
  const expected = stateOf(item) === ItemState.live ? expectedOf(of, item) : {};
  if (!sameAttributes(derivedIn(item), expected)) expect(derivedIn(item)).toEqual(expected);
  if (stateOf(item) !== ItemState.live) expect(columnsOf(item)).toEqual({});
}

const value = fc.constantFrom('A', 'B', null);
const row = fc.record({
  name: fc.constantFrom('X', 'Y'),
  city: value,
  bio: value,
  hidden: fc.constantFrom(null, null, null, 'h'),
});
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('commit' as const), row }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('update' as const), row, toast: fc.subarray(['bio', 'hidden', 'city']) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'delete' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'oversize' as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('change' as const), set: fc.record({ city: value }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'remove' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('insert' as const), row }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const), refused: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant({ do: 'fill' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'repair' as const }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

const attributeOf = (cell: string | null) => (cell === null ? ({ NULL: true } as const) : text(cell));

/** SQL of one row, and everybody who writes its item, one after the other. */
function createWorld(of: AnyView) {
  const store = createMemoryItemStore();
  const context = testContext();
  const key = keyOf(of);
  let sql: CellRow | undefined;
  let n = 0;
  let changes = 0;

  const deliver = async (event: string, kind?: 'unstorable') => {
    const decoded = decodeRowChange(of, parseChangeEvent(event), {
      epoch: 1,
      offset: BigInt(n),
      key: '{"id":1}',
      aged: false,
    });
    const change = kind === undefined ? decoded.change : { ...decoded.change, kind, columns: {} };
    await carryOut(store, key, (seen) => decideRowChange(change, of.mode, context, seen));
  };
  const commit = (after: CellRow | undefined, seen: CellRow | undefined = after, kind?: 'unstorable') => {
    const before = sql === undefined ? null : { id: 1 };
    sql = after;
    n++;
    return deliver(
      changeEvent({
        table: people.name,
        op: after === undefined ? 'd' : 'u',
        before,
        after: seen ?? null,
        lsn: n * 10,
      }),
      kind,
    );
  };
  const ask = async (change: { op: 'u' | 'i' | 'd'; set: Attributes }) => {
    const asked = { ...change, id: `c${++changes}`, key, shape: shapeOf(of), by: 'me' };
    await carryOut(store, key, (seen) => decideCustomerChange(asked, context, seen));
  };
  const settle = async (refused: boolean) => {
    const [first] = pendingOf(store.peek(key) ?? {});
    if (first === undefined) return;
    if (!refused) {
      const set = Object.fromEntries(
        Object.entries(first.set).map(([name, cell]) => [name, 'S' in cell ? cell.S : null]),
      );
      if (first.op === 'd') sql = undefined;
      else if (first.op === 'i' || sql !== undefined)
        sql = { hidden: null, ...(first.op === 'i' ? {} : sql), ...set, id: 1 };
    }
    n++;
    const event = parseChangeEvent(
      inboxEvent(
        { changeId: first.id, view: of.name, ...key, outcome: refused ? 'R' : 'A', image: sql ?? 'absent' },
        { lsn: n * 10 },
      ),
    );
    const { signal } = decodeAnswer(
      of,
      parseInboxRow(event.after ?? {}),
      provenanceOf({ epoch: 1, offset: BigInt(n) }, event),
    );
    await carryOut(store, key, (seen) => decideSettle(signal, context, seen));
  };
  const fill = async () => {
    const leased = await store.write(leaseWrite(key, context.nonce(), context));
    if (!leased.ok || leased.item === undefined) return;
    const token = (leased.item['_lt'] as { S: string }).S;
    const texts =
      sql && Object.fromEntries(Object.entries(sql).map(([name, cell]) => [name, cell === null ? null : String(cell)]));
    const columns = texts && projectRow(of, decodeTextRow(people, columnsOfView(of), texts));
    await store.write(fillWrite(leaseOf(key, token, leased.item), shapeOf(of), columns, context));
  };

  const act = (step: Action): Promise<unknown> => {
    switch (step.do) {
      case 'commit':
        return commit({ id: 1, ...step.row });
      case 'update': {
        if (sql === undefined) return commit({ id: 1, ...step.row });
        const kept = Object.fromEntries(step.toast.map((name) => [name, sql?.[name] ?? null]));
        const unavailable = Object.fromEntries(
          step.toast.flatMap((name) => (kept[name] === null ? [] : [[name, UNAVAILABLE]])),
        );
        const after = { id: 1, ...step.row, ...kept };
        return commit(after, { ...after, ...unavailable });
      }
      case 'delete':
        return sql === undefined ? Promise.resolve() : commit(undefined);
      case 'oversize':
        return commit({ id: 1, name: 'X', city: 'A', bio: 'A', hidden: null }, undefined, 'unstorable');
      case 'change':
        return ask({ op: 'u', set: { city: attributeOf(step.set.city) } });
      case 'remove':
        return ask({ op: 'd', set: {} });
      case 'insert': {
        const { name, city, bio } = step.row;
        return ask({
          op: 'i',
          set: { id: { N: '1' }, name: text(name), city: attributeOf(city), bio: attributeOf(bio) },
        });
      }
      case 'settle':
        return settle(step.refused);
      case 'fill':
        context.advance(10_000);
        return fill();
      case 'repair':
        return carryOut(store, key, (seen) => decideRepair(key, context, seen));
    }
  };
  return { store, act, settle, fill, sql: () => sql, context };
}

describe.each([eager, lazy])('derived attributes of $name', (of) => {
  it('follow what the item shows, after every write', async () => {
    const states = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 20 }), async (steps) => {
        const world = createWorld(of);
        for (const step of steps) {
          await world.act(step);
          const item = world.store.peek(keyOf(of));
          if (item !== undefined) states.add(stateOf(item));
          assertFollows(of, world.store);
        }
        while (pendingOf(world.store.peek(keyOf(of)) ?? {}).length > 0) await world.settle(true);
        const item = world.store.peek(keyOf(of));
        const isShown = item !== undefined && stateOf(item) === ItemState.live;
        const row = world.sql();
        if (isShown) expect(row?.['hidden'] ?? null).toBeNull();
        if (isShown) expect(item['city']).toEqual(attributeOf((row?.['city'] ?? null) as string | null));
      }),
      { numRuns: 400 },
    );
    expect([...states].sort()).toEqual(['D', 'F', 'L', 'Q', 'T']);
  });
});

it('agree with what the indexes say', () => {
  const columns = projectRow(eager, {
    id: { N: '1' },
    name: text('X'),
    city: text('A'),
    bio: { NULL: true },
    hidden: { NULL: true },
  });
  expect(indexAttributes(eager, columns ?? {})).toEqual({
    _byCity_pk: text('CITY#A'),
    _byCity_sk: text('X'),
    _byLabel_pk: text('LABEL'),
    _byLabel_sk: text('X-A'),
  });
});
