import { ItemState } from '@hybridge/protocol';
import { item } from '@hybridge/testkit';
import type { ChangeEvent, FillEvent, ReadEvent } from './hooks.ts';
import { accountKey, accountRow, accounts, notes, noteKey, setUp, sqlDown } from './sdk-fixture.features.ts';

const by = 'me';
const ms = expect.any(Number);

function observed() {
  const reads: ReadEvent[] = [];
  const changes: ChangeEvent[] = [];
  const fills: FillEvent[] = [];
  const options = {
    onRead: (event: ReadEvent) => void reads.push(event),
    onChange: (event: ChangeEvent) => void changes.push(event),
    onFill: (event: FillEvent) => void fills.push(event),
  };
  return { reads, changes, fills, ...setUp({ '1': accountRow(1) }, options) };
}

describe('hooks', () => {
  it('tell of every document read, and of every key SQL was asked about', async () => {
    const { hybridge, store, reads, fills } = observed();
    await hybridge.get(accounts, [1]);
    await hybridge.get(accounts, [2]);
    await hybridge.batchGet(accounts, [[1], [3]]);
    store.put(item({ key: noteKey(7, 'a', 1), columns: {} }));
    await hybridge.query(notes, [7]);
    const read = { view: 'accounts', stale: false, ms };
    expect(reads).toEqual([
      { ...read, operation: 'get', source: 'fill', found: true },
      { ...read, operation: 'get', source: 'fill', found: false },
      { ...read, operation: 'batchGet', source: 'item', found: true },
      { ...read, operation: 'batchGet', source: 'fill', found: false },
      { ...read, view: 'notes', operation: 'query', source: 'item', found: true },
    ]);
    const fill = { view: 'accounts', ms };
    expect(fills).toEqual([
      { ...fill, outcome: 'filled' },
      { ...fill, outcome: 'absent' },
      { ...fill, outcome: 'absent' },
    ]);
  });

  it('tell of stale answers and of fills that failed', async () => {
    const { hybridge, store, sql, reads, fills } = observed();
    sql.refusal = sqlDown();
    store.put(item({ key: accountKey(7), state: ItemState.tombstone }));
    await hybridge.get(accounts, [7]);
    expect(reads).toEqual([{ view: 'accounts', operation: 'get', source: 'item', found: false, stale: true, ms }]);
    expect(fills).toEqual([{ view: 'accounts', outcome: 'failed', ms }]);
  });

  it('tell how changes ended for the caller', async () => {
    const { hybridge, sql, changes } = observed();
    const change = (id: number, owner: string) =>
      hybridge.change(accounts, [id], { op: 'update', set: { owner } }, { by, id: 'c-1' });
    await change(1, 'Grace');
    await change(1, 'Grace');
    await expect(change(1, 'Joan')).rejects.toThrow();
    sql.failure = sqlDown();
    await expect(change(2, 'Grace')).rejects.toThrow();
    const event = { view: 'accounts', op: 'update', ms };
    expect(changes).toEqual([
      { ...event, outcome: 'accepted' },
      { ...event, outcome: 'repeated' },
      { ...event, outcome: 'refused', code: 'HYBRIDGE_SDK_CHANGE_ID_REUSED' },
      { ...event, outcome: 'failed', code: 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE' },
    ]);
  });

  it('do no harm when they throw, at once or later', async () => {
    const onRead = (): void => {
      throw new Error('no metrics');
    };
    const later = (): void => Promise.reject(new Error('no metrics')) as never;
    const { hybridge } = setUp({ '1': accountRow(1) }, { onRead, onChange: later, onFill: onRead });
    expect(await hybridge.get(accounts, [1])).toMatchObject({ source: 'fill' });
    const update = { op: 'update', set: { owner: 'Grace' } } as const;
    expect(await hybridge.change(accounts, [1], update, { by })).toMatchObject({ repeated: false });
  });
});
