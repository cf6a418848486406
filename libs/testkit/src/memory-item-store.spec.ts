import { ItemState, buildWrite, decideRowChange, formatKey, stateOf, text } from '@hybridge/protocol';
import { holds } from './expression/condition.ts';
import { updated } from './expression/update.ts';
import { createMemoryItemStore } from './memory-item-store.ts';
import { KEY, item, pending, rowChange, testContext } from './records.ts';

const scope = {
  attributes: { a: { N: '10' }, s: { S: 'b' }, l: { L: [{ N: '1.0' }] } },
  names: { '#a': 'a', '#s': 's', '#l': 'l', '#gone': 'gone' },
  values: { ':nine': { N: '9' }, ':ten': { N: '10.0' }, ':a': { S: 'a' }, ':b': { S: 'b' }, ':l': { L: [{ N: '1' }] } },
};

describe('holds', () => {
  it.each([
    ['#a > :nine', true],
    ['#a = :ten', true],
    ['#a <= :ten AND #a >= :ten', true],
    ['#s > :a', true],
    ['#s < :nine', false],
    ['#gone < :nine', false],
    ['NOT #gone < :nine', true],
    ['#gone = :nine', false],
    ['#l = :l', true],
    ['#s IN (:a, :b)', true],
    ['#gone IN (:a, :b)', false],
    ['attribute_not_exists(#gone) AND attribute_exists(#a)', true],
    ['attribute_exists(#gone) OR #a = :ten AND #s = :a', false],
    ['(attribute_exists(#gone) OR #a = :ten) AND #s = :b', true],
    ['#s <> :a', true],
  ])('evaluates %s to %s', (condition, expected) => {
    expect(holds(condition, scope)).toBe(expected);
  });

  it('compares text by its UTF-8 bytes, not by UTF-16 units', () => {
    const bytes = { attributes: { t: { S: '\u{1F600}' } }, names: { '#t': 't' }, values: { ':x': { S: '\uFF5E' } } };
    expect(holds('#t > :x', bytes)).toBe(true);
    expect('\u{1F600}' > '\uFF5E').toBe(false);
  });

  it.each(['#a ! :ten', 'begins_with(#s, :a)', '#a = :ten)', '#unknown = :ten', '#a = :unknown', '#a'])(
    'refuses %s',
    (condition) => {
      expect(() => holds(condition, scope)).toThrow(
        expect.objectContaining({ code: 'HYBRIDGE_TESTKIT_EXPRESSION_INVALID' }),
      );
    },
  );
});

describe('updated', () => {
  it('sets, removes and keeps, reading the item as it was', () => {
    const after = updated(
      'SET #a = #s, #gone = if_not_exists(#gone, :nine), #s = if_not_exists(#s, :a) REMOVE #l',
      scope,
    );
    expect(after).toEqual({ a: { S: 'b' }, s: { S: 'b' }, gone: { N: '9' } });
  });

  it.each(['SET #a = :nine REMOVE #a', 'SET #a = #gone', 'ADD #a :nine'])('refuses %s', (update) => {
    expect(() => updated(update, scope)).toThrow(
      expect.objectContaining({ code: 'HYBRIDGE_TESTKIT_EXPRESSION_INVALID' }),
    );
  });
});

describe('createMemoryItemStore', () => {
  const context = testContext();
  const insertion = () => {
    const decision = decideRowChange(rowChange(), 'eager', context, undefined);
    if (decision.do !== 'write') throw new Error('expected a write');
    return decision.write;
  };

  it('writes when the condition holds and hands back the old item when it does not', async () => {
    const store = createMemoryItemStore();
    expect(await store.write(insertion())).toEqual({ ok: true, item: undefined });
    const before = store.peek(KEY);
    expect(await store.write(insertion())).toEqual({ ok: false, item: before });
    expect(store.writes.map(({ ok }) => ok)).toEqual([true, false]);
  });

  it('returns the new item only when asked', async () => {
    const store = createMemoryItemStore();
    const result = await store.write({ ...insertion(), returnNew: true });
    expect(result.item).toEqual(store.peek(KEY));
  });

  it('loses the answer of a write that took effect', async () => {
    const store = createMemoryItemStore();
    store.failNextWrite(new Error('connection reset'), { applied: true });
    await expect(store.write(insertion())).rejects.toThrow('connection reset');
    expect(store.peek(KEY)).toBeDefined();
  });

  it('refuses a write without effect when told so, once', async () => {
    const store = createMemoryItemStore();
    store.failNextWrite(new Error('throttled'));
    await expect(store.write(insertion())).rejects.toThrow('throttled');
    expect(store.items()).toEqual([]);
    expect((await store.write(insertion())).ok).toBe(true);
  });

  it('refuses placeholders that no expression mentions, as DynamoDB does', async () => {
    const write = buildWrite('invalidate', {
      key: KEY,
      columns: ['city'],
      values: { x: { N: '1' }, w: text('w1'), w0: text('w0') },
    });
    await expect(createMemoryItemStore().write({ ...write, names: { ...write.names, '#zz': 'zz' } })).rejects.toThrow(
      '#zz',
    );
  });

  it('lists pending items and forgets expired ones', () => {
    const waiting = item({ pending: [pending()] });
    const store = createMemoryItemStore([
      waiting,
      item({ key: { pk: 'c1#CUSTOMER#43', sk: 'CUSTOMER' }, state: ItemState.fence }),
    ]);
    expect(store.pendingItems()).toEqual([waiting]);
    store.expire(KEY);
    expect(store.items().map(stateOf)).toEqual([ItemState.fence]);
    expect(formatKey(KEY)).toBe('c1#CUSTOMER#42|CUSTOMER');
  });
});
