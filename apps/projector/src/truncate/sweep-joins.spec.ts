import { silentLogger } from '@hybridge/observability';
import { encodeVersion, keyOf, scalarOf } from '@hybridge/protocol';
import { tellOthers } from '@hybridge/views';
import { anchorOf, baseOf, joinCatalog, order, person, placeKey, setUpJoins } from '../joins.features.ts';
import { createTruncateSweeper } from './sweeper.ts';

const { signal } = new AbortController();

function setUp() {
  const joins = setUpJoins();
  const { store, ports, context } = joins;
  const tell = jest.fn(
    async (parent: { readonly pk: string; readonly sk: string }) => void (await tellOthers(ports, parent)),
  );
  const sweeper = createTruncateSweeper(
    {
      catalog: joinCatalog,
      store,
      context,
      logger: silentLogger(),
      tellOthers: tell,
      endOffsets: async () => new Map(),
      committedOffsets: async () => new Map(),
      items: {
        async *scan({ after }) {
          const all = [...store.items()].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
          for (const item of all) if (after === undefined || placeOf(item) > `${after.pk} ${after.sk}`) yield item;
        },
      },
    },
    { groupId: 'projector' },
  );
  /** @param lsn the records of the setup are at 1010, 1020 … */
  const truncate = (table: string, lsn: number) =>
    sweeper.truncated(
      {
        source: 'test',
        table: `public.${table}`,
        version: encodeVersion({ epoch: 0, major: BigInt(lsn - 1), minor: BigInt(lsn), offset: 99n }),
        transaction: '900',
        committedAt: 1_700_000_000_000,
      },
      signal,
    );
  return { ...joins, truncate, tell };
}

const placeOf = (item: Parameters<typeof keyOf>[0]): string => `${keyOf(item).pk} ${keyOf(item).sk}`;

describe('a TRUNCATE of tables whose rows embed each other', () => {
  it('takes the parents out of their children', async () => {
    const { run, change, shown, truncate } = setUp();
    await run([change('customers', 7, person(7, 'Ada'))]);
    await run([change('orders', 1, order(1, 7))]);
    await truncate('customers', 1_500);
    expect(shown(1)).toMatchObject({ total: 1, customer: null });
  });

  it('tells children again when it comes again: a crash may have cut it off', async () => {
    const { run, change, shown, truncate, tell } = setUp();
    await run([change('customers', 7, person(7, 'Ada'))]);
    await run([change('orders', 1, order(1, 7))]);
    const killed = new Error('killed');
    tell.mockRejectedValueOnce(killed).mockRejectedValueOnce(killed); // the parents of both views
    await expect(truncate('customers', 1_500)).rejects.toThrow('killed');
    await truncate('customers', 1_500);
    expect(shown(1)).toMatchObject({ customer: null });
  });

  it('takes the references of children away with them', async () => {
    const { run, change, shown, truncate, references } = setUp();
    await run([change('customers', 7, person(7, 'Ada'))]);
    await run([change('orders', 1, order(1, 7))]);
    expect(references(baseOf(7))).toHaveLength(1);
    await truncate('orders', 1_500);
    expect([shown(1), references(baseOf(7))]).toEqual([undefined, []]);
  });

  it('takes rows that move from where they lie, and loses none that came after it', async () => {
    const { run, change, shownAt, truncate, stateAt, store } = setUp();
    await run([change('orders', 1, order(1, 7)), change('orders', 2, order(2, 7))]); // 1010, 1020
    await run([change('orders', 2, order(2, 7, { total: 5 }))]); // 1030: it stays, and is newer than the truncation
    await truncate('orders', 1_025);
    expect([stateAt(placeKey(7, 1)), shownAt(7, 2)?.['total']]).toEqual(['T', 5]);
    expect(scalarOf(store.peek(anchorOf(2))?.['_v'])).toBeDefined();
    await run([change('orders', 1, order(1, 8)), change('orders', 2, order(2, 9))]);
    expect([shownAt(7, 1), shownAt(8, 1)?.['id'], shownAt(7, 2), shownAt(9, 2)?.['id']]).toEqual([
      undefined,
      1,
      undefined,
      2,
    ]);
  });
});
