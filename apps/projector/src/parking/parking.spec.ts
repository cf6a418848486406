import { ItemState, Meta, scalarOf, stateOf, text, versionOf } from '@hybridge/protocol';
import type { RowReader } from '@hybridge/reader-sql';
import { DynamoDbSinkError } from '@hybridge/sink-dynamodb';
import { item, pending } from '@hybridge/testkit';
import { UNAVAILABLE } from '@hybridge/views';
import { KEY, addressChange as change, setUpProjector } from '../projector.features.ts';
import { addressRow, recordOf } from '../testing.features.ts';

const WORK_KEY = { ...KEY, sk: 'ADDRESS#work' };
const KEY_JSON = '{"customer_id":9007199254740993,"label":"home"}';

/** What no `text` column can hold. */
const POISON = { city: { nested: true } };
const poison = (offset: number) => change(offset, addressRow(POISON));
/** Not even JSON; the key says which row it was about. */
const malformed = (offset: number) => recordOf('{"op":"u","after":{', { offset: BigInt(offset), key: KEY_JSON });

const refused = (): Error => {
  const cause = Object.assign(new Error('One or more parameter values were invalid'), { name: 'ValidationException' });
  return new DynamoDbSinkError('HYBRIDGE_SINK_ITEM_INVALID', KEY, cause);
};
const transient = (): Error => Object.assign(new Error('SQL does not answer'), { retry: 'transient' });

type Projector = ReturnType<typeof setUpProjector>;
const home = ({ store }: Projector) => store.peek(KEY) ?? {};

describe('a change that can never be applied', () => {
  it('parks its key, and the item sends readers to SQL; other keys flow', async () => {
    const projector = setUpProjector();
    const { doneOffsets, halts } = await projector.run([
      change(0, addressRow()),
      poison(1),
      change(2, addressRow({ label: 'work' })),
    ]);
    expect([doneOffsets.toSorted(), halts]).toEqual([[0, 1, 2], []]);
    expect(stateOf(home(projector))).toBe(ItemState.quarantined);
    expect(home(projector)).not.toHaveProperty('city');
    expect(stateOf(projector.store.peek(WORK_KEY) ?? {})).toBe(ItemState.live);
    expect(await projector.keys.list()).toEqual([
      {
        view: 'addresses',
        key: KEY,
        topic: 'shop.public.addresses',
        partition: 0,
        offset: '1',
        reason: expect.stringContaining('type text') as string,
        at: projector.context.now(),
      },
    ]);
    expect((await projector.metrics.parked.get()).values[0]?.value).toBe(1);
  });

  it('parks also when it is DynamoDB that refuses it', async () => {
    const projector = setUpProjector();
    projector.store.failNextWrite(refused());
    const { doneOffsets, halts } = await projector.run([change(0, addressRow())]);
    expect([doneOffsets, halts]).toEqual([[0], []]);
    expect(stateOf(home(projector))).toBe(ItemState.quarantined);
    expect(await projector.keys.list()).toMatchObject([{ reason: expect.stringContaining('ValidationException') }]);
  });

  it('parks a key under which DynamoDB stores nothing at all', async () => {
    const projector = setUpProjector();
    for (let i = 0; i < 2; i++) projector.store.failNextWrite(refused());
    const { doneOffsets, halts } = await projector.run([change(0, addressRow())]);
    expect([doneOffsets, halts, projector.store.items()]).toEqual([[0], [], []]);
    expect(await projector.keys.list()).toHaveLength(1);
  });

  it('parks nothing that may pass', async () => {
    const projector = setUpProjector();
    projector.store.failNextWrite(transient());
    await projector.run([change(0, addressRow())]);
    expect(await projector.keys.list()).toEqual([]);
    expect(stateOf(home(projector))).toBe(ItemState.live);
  });

  it('asks nobody about parked keys while none is', async () => {
    const projector = setUpProjector();
    await projector.run([change(0, addressRow()), change(1, addressRow({ label: 'work' }))]);
    expect(projector.keys.asked).toEqual({ list: 0, has: 0 });
  });
});

describe('later changes of a parked key', () => {
  it('only raise the version, of whatever kind they are', async () => {
    const projector = setUpProjector();
    await projector.run([poison(0)]);
    let before = versionOf(home(projector)) ?? '';
    const later = [
      change(1, addressRow()),
      change(2, addressRow({ instructions: UNAVAILABLE }), 'u'),
      change(3, null, 'd'),
      change(4, addressRow({ city: 'Delft' }), 'c'),
    ];
    for (const record of later) {
      const { doneOffsets } = await projector.run([record]);
      expect(doneOffsets).toHaveLength(1);
      expect(stateOf(home(projector))).toBe(ItemState.quarantined);
      expect((versionOf(home(projector)) ?? '') > before).toBe(true);
      before = versionOf(home(projector)) ?? '';
    }
  });

  it('wait also where another projector parked the key', async () => {
    const projector = setUpProjector();
    const other = { view: 'addresses', key: KEY, topic: 't', partition: 0, offset: '7', reason: 'poison', at: 1 };
    await projector.keys.park(other);
    await projector.lot.refresh();
    await projector.run([change(0, addressRow())]);
    expect(stateOf(home(projector))).toBe(ItemState.quarantined);
  });

  it('are applied again once the key is released', async () => {
    const projector = setUpProjector();
    await projector.run([poison(0)]);
    await projector.keys.release(KEY);
    await projector.run([change(1, addressRow({ city: 'Delft' }))]);
    expect(stateOf(home(projector))).toBe(ItemState.live);
    expect(scalarOf(home(projector)['city'])).toBe('Delft');
    expect(projector.lot.size).toBe(0);
  });

  it('bring the item back if the key is released while one of them is put aside', async () => {
    const projector = setUpProjector();
    await projector.run([poison(0)]);
    const { write } = projector.store;
    jest.spyOn(projector.store, 'write').mockImplementation(async (each) => {
      await projector.keys.release(KEY); // and its repair, which finds the item as it was before
      return write(each);
    });
    await projector.run([change(1, addressRow())]);
    expect(stateOf(home(projector))).toBe(ItemState.live);
    expect(scalarOf(home(projector)['instructions'])).toBe('from SQL');
  });

  it('bring the item back if the key was released before they come again', async () => {
    const projector = setUpProjector();
    await projector.run([poison(0)]);
    const putAside = change(1, addressRow());
    await projector.run([putAside]);
    await projector.keys.release(KEY);
    await projector.run([putAside]);
    expect(stateOf(home(projector))).toBe(ItemState.live);
  });
});

describe('a key that is released while it is being parked', () => {
  it('is given back to SQL by whoever parks it', async () => {
    const projector = setUpProjector();
    await projector.run([change(0, addressRow())]);
    const { write } = projector.store;
    jest.spyOn(projector.store, 'write').mockImplementation(async (each) => {
      await projector.keys.release(KEY);
      return write(each);
    });
    await projector.run([poison(1)]);
    expect(stateOf(home(projector))).toBe(ItemState.live);
    expect(scalarOf(home(projector)['instructions'])).toBe('from SQL');
  });
});

describe('a record that cannot be read', () => {
  it('turns its item into a fence that keeps its version', async () => {
    const projector = setUpProjector();
    await projector.run([change(0, addressRow())]);
    const before = versionOf(home(projector));
    const { doneOffsets, halts } = await projector.run([malformed(1), change(2, addressRow({ label: 'work' }))]);
    expect([doneOffsets.toSorted(), halts]).toEqual([[1, 2], []]);
    expect(stateOf(home(projector))).toBe(ItemState.fence);
    expect([versionOf(home(projector)), home(projector)['city']]).toEqual([before, undefined]);
    expect(await projector.keys.list()).toMatchObject([{ key: KEY, offset: '1' }]);
    await projector.run([change(3, addressRow())]);
    expect(stateOf(home(projector))).toBe(ItemState.quarantined);
  });

  it('takes a tombstone back: the row may have come again', async () => {
    const projector = setUpProjector();
    await projector.run([change(0, addressRow()), change(1, null, 'd')]);
    const before = versionOf(home(projector));
    await projector.run([malformed(2)]);
    expect([stateOf(home(projector)), versionOf(home(projector))]).toEqual([ItemState.fence, before]);
    expect(home(projector)).not.toHaveProperty(Meta.negativeExpiry);
  });

  it('leaves alone what has no item, or an unanswered change whose answer brings the row', async () => {
    const absent = setUpProjector();
    await absent.run([malformed(0)]);
    expect(absent.store.items()).toEqual([]);
    expect(await absent.keys.list()).toHaveLength(1);

    const waiting = setUpProjector();
    const changed = item({ key: KEY, pending: [pending({ set: { city: text('Delft') } })] });
    waiting.store.put(changed);
    await waiting.run([malformed(0)]);
    expect(waiting.store.peek(KEY)).toEqual(changed);
  });

  it.each([
    ['no key', undefined],
    ['a key that is no JSON', '{'],
    ['a key of nothing', 'null'],
    ['a key without one of its columns', '{"label":"home"}'],
    ['a key of a wrong type', '{"customer_id":"one","label":"home"}'],
  ])('halts its partition with %s: nobody can say which item it was about', async (_, key) => {
    const projector = setUpProjector();
    const { halts, doneOffsets } = await projector.run([recordOf('{', { offset: 5n, key })]);
    expect(doneOffsets).toEqual([]);
    expect(halts).toMatchObject([{ offset: 5, cause: { code: 'HYBRIDGE_PROJECTOR_RECORD_UNREADABLE' } }]);
    expect(await projector.keys.list()).toEqual([]);
  });

  it('halts its partition when a column is gone: no record of the table can be read then', async () => {
    const gone = Object.assign(new Error('column "city" does not exist'), { retry: 'permanent' });
    const rows: RowReader = { read: () => Promise.reject(gone), scan: async function* () {} };
    const projector = setUpProjector({ rows });
    const { city: _, ...rest } = addressRow();
    const { halts } = await projector.run([change(0, rest)]);
    expect(halts).toMatchObject([{ offset: 0, cause: { code: 'HYBRIDGE_PROJECTOR_SCHEMA_CHANGED' } }]);
    expect(String(halts[0]?.cause)).toContain('city');
    expect(await projector.keys.list()).toEqual([]);
  });
});

describe('too many parked keys', () => {
  const poisonAt = (offset: number, label: string) => ({
    ...change(offset, addressRow({ ...POISON, label })),
    key: `{"customer_id":9007199254740993,"label":"${label}"}`,
  });

  it('halt the partition instead: that is no poison, but a change of the schema', async () => {
    const projector = setUpProjector({ maxParked: 2 });
    await projector.run([poisonAt(0, 'a'), poisonAt(1, 'b')]);
    const { halts } = await projector.run([poisonAt(2, 'c')]);
    expect(halts).toMatchObject([{ offset: 2, cause: { code: 'HYBRIDGE_PROJECTOR_TOO_MANY_PARKED' } }]);
    expect(String(halts[0]?.cause)).toContain('2 keys are parked');
    expect(await projector.keys.list()).toHaveLength(2);
  });

  it('do not halt where one of them comes again, and the first record stays the reason', async () => {
    const projector = setUpProjector({ maxParked: 1 });
    const [first, again] = [poisonAt(0, 'a'), poisonAt(1, 'a')];
    await projector.run([first]);
    const { doneOffsets, halts } = await projector.run([first, again]);
    expect([doneOffsets, halts]).toEqual([[0, 1], []]);
    expect(await projector.keys.list()).toMatchObject([{ offset: '0' }]);
  });
});
