import { ApplyCustomerChange, parseMessage } from '@hybridge/contracts';
import { type Item, pendingFromWire, text } from '@hybridge/protocol';
import type { EventEntry } from '@hybridge/sink-eventbridge';
import { item, pending } from '@hybridge/testkit';
import { column, createCatalog, int8, notNull, source, table, view } from '@hybridge/views';
import { sweep } from './sweep.ts';

const people = table({
  source: source('test', 'postgres'),
  name: 'public.people',
  primaryKey: ['id'],
  columns: { id: notNull(int8()) },
});
const catalog = createCatalog([
  view('people', { table: people, key: { pk: ['p1', column('id')], sk: ['P'] }, attributes: { id: 'id' } }),
]);
const NOW = 1_700_000_100_000;
const key = (id: number) => ({ pk: `p1#${id}`, sk: 'P' });

async function run(given: readonly { readonly id: number; readonly since: number; readonly item?: Item }[]) {
  const sent: EventEntry[] = [];
  const swept = await sweep(
    {
      catalog,
      now: () => NOW,
      items: {
        pendingItems: async function* () {
          for (const { id, since } of given) yield { key: key(id), since };
        },
        get: async ({ pk }) => given.find(({ id }) => key(id).pk === pk)?.item,
      },
      sink: { putAll: async (entries) => void sent.push(...entries) },
    },
    60_000,
    new AbortController().signal,
  );
  return { sent, swept };
}

const old = NOW - 60_000;
const waiting = (changes = [pending()]): Item => item({ key: key(1), pending: changes });

describe('sweep', () => {
  it('sends the whole list again, marked as swept', async () => {
    const changes = [pending(), pending({ id: 'change-2', n: 2 })];
    const { sent, swept } = await run([{ id: 1, since: old, item: waiting(changes) }]);
    expect(swept).toBe(1);
    const { metadata, data } = parseMessage(ApplyCustomerChange, JSON.parse(JSON.stringify(sent[0]?.detail)));
    expect(metadata).toMatchObject({ view: 'people', key: key(1) });
    expect(data).toMatchObject({ truncated: false, sweep: true });
    expect(pendingFromWire(data.pending)).toEqual(changes);
  });

  it('leaves young changes to the ordinary way', async () => {
    expect((await run([{ id: 1, since: old + 1, item: waiting() }])).sent).toEqual([]);
  });

  it('trusts the item, not the index', async () => {
    const settled = item({ key: key(2) });
    expect(
      (
        await run([
          { id: 1, since: old },
          { id: 2, since: old, item: settled },
        ])
      ).sent,
    ).toEqual([]);
  });

  it('sends a list that is too large as truncated', async () => {
    const large = pending({ set: { city: text('x'.repeat(300_000)) } });
    const { sent } = await run([{ id: 1, since: old, item: waiting([large]) }]);
    expect(parseMessage(ApplyCustomerChange, sent[0]?.detail).data).toEqual({
      pending: [],
      truncated: true,
      sweep: true,
    });
  });

  it('sends many in batches', async () => {
    const many = Array.from({ length: 250 }, (_, i) => ({
      id: i,
      since: old,
      item: item({ key: key(i), pending: [pending()] }),
    }));
    expect((await run(many)).swept).toBe(250);
  });
});
