import { type Item, type ItemKey, baseKey, jobKey, pageDoneWrite, jobOf, raiseJobWrite } from '@hybridge/protocol';
import { createMemoryItemStore, createMemoryPartitionReader } from '@hybridge/testkit';
import { readFanOuts } from './fan-out-status.ts';
import { fanOutLines } from './render.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const parentOf = (id: number): string => baseKey('o1.orders.customer', String(id)).pk;

async function table(...ages: readonly number[]) {
  const store = createMemoryItemStore();
  for (const [id, age] of ages.entries()) await store.write(raiseJobWrite(parentOf(id), '1', NOW - age * 1_000));
  const job = (key: ItemKey) => jobOf(store.peek(key) as Item);
  return { store, job, read: () => readFanOuts(createMemoryPartitionReader(store), () => NOW) };
}

describe('the fan-outs of a status', () => {
  it('are none where no job is open', async () => {
    const status = await (await table()).read();
    expect(status).toEqual({ open: 0, more: false, oldest: [] });
    expect(fanOutLines(status)).toEqual(['fan-out jobs: 0']);
  });

  it('are read from every lane, the oldest first, with how far they got', async () => {
    const { store, job, read } = await table(5, 300, 60);
    const page = { count: 40, last: 'orders|1|x', more: true };
    await store.write(pageDoneWrite(job(jobKey(parentOf(1))), page, 1));
    expect(await read()).toMatchObject({
      open: 3,
      oldest: [
        { parent: parentOf(1), visited: 40, isRound: false, ageSeconds: 300 },
        { ageSeconds: 60 },
        { ageSeconds: 5 },
      ],
    });
    await store.write(raiseJobWrite(parentOf(1), '2', NOW));
    expect(fanOutLines(await read())).toEqual([
      'fan-out jobs: 3',
      `  ${parentOf(1)}: 40 visited, for 300 s, comes round once more`,
      `  ${parentOf(2)}: 0 visited, for 60 s`,
      `  ${parentOf(0)}: 0 visited, for 5 s`,
    ]);
  });

  it('shows twenty of them', async () => {
    const status = await (await table(...Array.from({ length: 30 }, (_, i) => i))).read();
    expect([status.open, status.oldest.length, status.oldest[0]?.ageSeconds]).toEqual([30, 20, 29]);
    expect(fanOutLines(status).at(-1)).toBe('  and 10 more');
  });
});
