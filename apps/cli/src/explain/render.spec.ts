import { catalog } from '@hybridge/definitions';
import { type Item, ItemState, Meta, encodeOutcomes, encodeTruth, encodeVersion, text } from '@hybridge/protocol';
import { createMemoryItemStore, item, pending } from '@hybridge/testkit';
import { explainItem } from '@hybridge/verify';
import { decodeTextRow, keyOfRow, projectRow, source } from '@hybridge/views';
import { renderJson, renderText } from './render.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const addresses = catalog.byName('addresses');
const names = Object.keys(addresses.table.columns);
const row = (city: string) =>
  decodeTextRow(addresses.table, names, {
    customer_id: '42',
    label: 'home, summer',
    street: 'Lane 1',
    postal_code: '1000',
    city,
    country: 'NL',
    instructions: null,
  });
const key = keyOfRow(addresses, row('Leiden'));

async function shownOf(given: Item | undefined, city: string | undefined, options: { values?: boolean } = {}) {
  const explanation = await explainItem(
    {
      store: createMemoryItemStore(given === undefined ? [] : [given]),
      rows: { readMany: async () => [city === undefined ? undefined : { row: row(city) }] },
      now: () => NOW,
    },
    addresses,
    row('Leiden'),
  );
  return { explanation, parked: false, source: addresses.table.source, now: NOW, values: options.values ?? false };
}

const VERSION = encodeVersion({ epoch: 1, major: 0x1_0153fbc0n, minor: 0x1_0153fad8n, offset: 23n });
const live = (city: string, meta: Item = {}): Item =>
  item({
    key,
    columns: projectRow(addresses, row(city)) ?? {},
    meta: {
      [Meta.version]: text(VERSION),
      [Meta.transaction]: text('749'),
      [Meta.committedAt]: { N: String(NOW - 41_000) },
      ...meta,
    },
  });

describe('an explanation for people', () => {
  it('says where the truth came from and that SQL has the same, without values', async () => {
    const text = renderText(await shownOf(live('Leiden'), 'Leiden'));
    expect(text.split('\n')).toEqual([
      'addresses 42,home%2C%20summer',
      'key         pk c1#CUSTOMER#42, sk ADDRESS#home, summer',
      'verdict     matched: the item says what SQL says',
      `item        live, version ${VERSION}`,
      '            source shop: after the commit that ended at 1/153FBC0, change at 1/153FAD8, Kafka offset 23, epoch 1',
      '            set by transaction 749',
      '            committed 2026-11-22T11:59:19.000Z (41 s ago)',
      'sql         public.addresses: row found',
      'attributes  customerId (customer_id)  same',
      '            label                     same',
      '            street                    same',
      '            postalCode (postal_code)  same',
      '            city                      same',
      '            country                   same',
      '            instructions              same',
    ]);
  });

  it('names the binlog where the source has one', async () => {
    const shown = await shownOf(live('Leiden'), 'Leiden');
    expect(renderText({ ...shown, source: source('stock', 'mariadb') })).toContain(
      'source stock: binlog file number 4317248448, position 4317248216',
    );
  });

  it('shows both values of what differs only if asked', async () => {
    const shown = await shownOf(live('Leiden'), 'Delft', { values: true });
    expect(renderText(shown)).toContain('city                      DIFFERS  item "Leiden", SQL "Delft"');
    const without = renderText({ ...shown, values: false });
    expect(without).toContain('city                      DIFFERS');
    expect(without).not.toMatch(/Leiden|Delft/);
    expect(renderJson({ ...shown, values: false })).not.toMatch(/Leiden|Delft/);
  });

  it('shows what waits and what was answered', async () => {
    const meta = {
      [Meta.truth]: encodeTruth({ exists: true, columns: projectRow(addresses, row('Leiden')) ?? {} }),
      [Meta.pending]: item({ pending: [pending({ at: NOW - 300_000 })] })[Meta.pending]!,
      [Meta.outcomes]: encodeOutcomes([
        { id: 'change-0', out: 'R', code: 'CONFLICT', message: 'city was changed', at: NOW - 7_300_000 },
      ]),
    };
    const shown = await shownOf(live('Utrecht', meta), 'Leiden', { values: true });
    const lines = renderText({ ...shown, parked: true });
    expect(lines).toContain(
      'pending     change-1 update of city, by customer:42, accepted 2026-11-22T11:55:00.000Z (5 min ago)',
    );
    expect(lines).toContain(
      'answered    change-0 refused 2026-11-22T09:58:20.000Z (2 h ago) (CONFLICT: city was changed)',
    );
    expect(lines).toContain('parked      its changes wait');
    expect(lines).toContain('city                      pending  readers see "Utrecht", "Leiden"');
  });

  it('says what is not there', async () => {
    expect(
      renderText(await shownOf(undefined, undefined))
        .split('\n')
        .slice(2),
    ).toEqual([
      'verdict     matched: the item says what SQL says',
      'item        absent',
      'sql         public.addresses: no such row',
    ]);
    const fence = item({ key, state: ItemState.fence, meta: { [Meta.expiry]: { N: String(NOW / 1_000 + 3_600) } } });
    expect(renderText(await shownOf(fence, 'Leiden'))).toContain(
      'DynamoDB may remove it 2026-11-22T13:00:00.000Z (in 60 min)',
    );
  });
});

describe('an explanation for programs', () => {
  it('is JSON with a key that other commands take', async () => {
    const report = JSON.parse(renderJson(await shownOf(live('Leiden'), 'Leiden', { values: true })));
    expect(report).toMatchObject({
      view: 'addresses',
      id: '42,home%2C%20summer',
      source: 'shop',
      verdict: 'matched',
      parked: false,
      item: { state: 'live', position: { epoch: 1, minor: '4317248216' } },
      sql: { row: 'present' },
    });
    expect(report.attributes).toContainEqual({
      name: 'city',
      column: 'city',
      agrees: true,
      visible: { S: 'Leiden' },
      truth: { S: 'Leiden' },
      sql: { S: 'Leiden' },
    });
  });
});
