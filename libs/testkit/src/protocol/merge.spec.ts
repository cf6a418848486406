import { type RowChange, mergeRowChanges, text } from '@hybridge/protocol';
import { rowChange } from '../records.ts';

const full = (n: number): RowChange => rowChange({ n, columns: { city: text(`city ${n}`), name: text(`name ${n}`) } });
const partial = (n: number): RowChange => rowChange({ n, kind: 'partial', columns: { name: text(`name ${n}`) } });
const gone = (n: number): RowChange => rowChange({ n, kind: 'delete', columns: {} });
const unstorable = (n: number): RowChange => rowChange({ n, kind: 'unstorable', columns: {} });
const snapshotRow = (offset: string): RowChange => ({
  ...full(0),
  version: `0000.0000000000000000.0000000000000000.00000000000${offset}` as RowChange['version'],
  transaction: undefined,
});

describe('mergeRowChanges', () => {
  it.each([
    ['a full image over a partial one', partial(1), full(2)],
    ['a delete over a full image', full(1), gone(2)],
    ['a full image over a delete', gone(1), full(2)],
    ['a row that cannot be stored over a full image', full(1), unstorable(2)],
    ['a full image over a snapshot row', snapshotRow('7'), full(2)],
  ])('lets the newest one stand: %s', (_, before, next) => expect(mergeRowChanges(before, next)).toBe(next));

  it('keeps what it holds when a suffix is sent again, or a snapshot row comes late', () => {
    expect(mergeRowChanges(full(2), full(1))).toEqual(full(2));
    expect(mergeRowChanges(full(2), partial(2))).toEqual(full(2));
    expect(mergeRowChanges(full(2), snapshotRow('9'))).toEqual(full(2));
  });

  it('lays a partial update over the image before it, at its own version', () => {
    const columns = { city: text('city 1'), name: text('name 2') };
    expect(mergeRowChanges(full(1), partial(2))).toEqual({ ...partial(2), kind: 'upsert', columns });
    expect(mergeRowChanges(partial(1), partial(2))).toEqual(partial(2));
  });

  it.each([
    ['a delete', gone(1)],
    ['a row that cannot be stored', unstorable(1)],
    ['a snapshot row, which the item may be newer than', snapshotRow('7')],
  ])('lays a partial update over nothing else: %s', (_, before) =>
    expect(mergeRowChanges(before, partial(2))).toBeUndefined(),
  );
});
