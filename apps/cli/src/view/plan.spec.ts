import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { catalog } from '@hybridge/definitions';
import { PlanEffect, type ViewDescription, describeView } from '@hybridge/views';
import { ExitCode } from '../exit-code.ts';
import { describe as printDescriptions } from './describe.ts';
import { estimateOf } from './estimate.ts';
import { plan } from './plan.ts';
import { renderText } from './render.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'hybridge-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

function terminal() {
  const out: string[] = [];
  const quiet = { err: () => undefined, environment: {}, signal: new AbortController().signal };
  return { ...quiet, out: (text: string) => void out.push(text), lines: out };
}

async function planned(text: string, json = false) {
  const against = path.join(folder, 'views.json');
  writeFileSync(against, text);
  const io = terminal();
  return { code: await plan({ against, json }, io), out: io.lines.join('\n') };
}

const current = catalog.views.map(describeView);
const withOrders = (change: (view: ViewDescription) => Partial<ViewDescription>): string =>
  JSON.stringify(current.map((view) => (view.name === 'orders' ? { ...view, ...change(view) } : view)));

describe('hybridge view', () => {
  it('finds nothing to do against its own description', async () => {
    const io = terminal();
    await printDescriptions({}, io);
    expect(await planned(io.lines.join('\n'))).toEqual({ code: ExitCode.ok, out: 'The definitions mean the same.' });
  });

  it('tells what an attribute that came means, and what to do', async () => {
    const before = withOrders(({ attributes: { note: _, ...attributes } }) => ({ attributes }));
    expect(await planned(before)).toEqual({
      code: ExitCode.ok,
      out: [
        'orders: refill',
        '  + attribute note (refill): Items have it when their row changes or they are filled anew.',
        '  = deploy the projector, then "hybridge verify orders --repair", then what needs the new form',
      ].join('\n'),
    });
  });

  it('fails where old and new items cannot be mixed', async () => {
    const { code, out } = await planned(
      withOrders(() => ({ key: { pk: ['o1', '{id}'], sk: ['X'] } })),
      true,
    );
    expect(code).toBe(ExitCode.failed);
    expect(JSON.parse(out)).toMatchObject([{ view: 'orders', effect: 'rebuild', estimate: null }]);
  });

  it.each(['', '[{"name": "orders"}]'])('refuses a file that holds %j, and names it', async (text) => {
    await expect(planned(text)).rejects.toThrow(/views\.json is not what "hybridge view describe" prints/);
    await expect(plan({ against: '/nowhere/x.json', json: false }, terminal())).rejects.toThrow('/nowhere/x.json');
  });
});

describe('what a plan costs', () => {
  const item = { item: { pk: { S: 'x'.repeat(1_500) } }, references: [] };

  it.each([
    [PlanEffect.load, 0, 3],
    [PlanEffect.refill, 0, 5],
    [PlanEffect.refill, 2, 13],
    [PlanEffect.leftovers, 2, 0],
  ])('is, for %s with %d indexes, %d WCU for an item of two units', (effect, indexes, units) => {
    expect(estimateOf([item, item], indexes, effect, 10)).toMatchObject({
      writeUnitsPerItem: units,
      writeUnits: units * 10,
      itemBytes: 1_502,
      storageBytes: 16_020 * (1 + indexes),
    });
  });

  it('counts a write and the storage of each reference', () => {
    const reference = { pk: { S: 'r'.repeat(98) } };
    const embedding = { ...item, references: [reference, reference] };
    expect(estimateOf([embedding], 0, PlanEffect.load, 10)).toMatchObject({
      writeUnitsPerItem: 5,
      itemBytes: 1_502,
      storageBytes: 16_020 + 10 * 2 * 200,
    });
    expect(estimateOf([embedding], 0, PlanEffect.leftovers, 10).writeUnitsPerItem).toBe(0);
  });

  it('is shown with rows, or without where nobody knows how many there are', () => {
    const change = { view: 'v', what: 'index a', how: 'added', effect: 'refill', meaning: 'M.' } as const;
    const bases = [
      { view: 'v.parent', estimate: estimateOf([item], 0, 'load', 10) },
      { view: 'v.parent.other', estimate: undefined },
    ];
    const base = {
      view: 'v',
      changes: [change],
      effect: 'refill',
      addedIndexes: ['a'],
      removedIndexes: ['b'],
    } as const;
    expect(renderText([{ ...base, estimate: { ...estimateOf([item], 1, 'refill', 2_000_000), bases } }])).toBe(
      [
        'v: refill',
        '  + index a (refill): M.',
        '  ! the view table needs index a first (it makes one at a time)',
        '  ! no view uses index b any more: the view table can drop it afterwards',
        '  = deploy the projector, then "hybridge verify v --repair", then what needs the new form',
        '  $ about 2,000,000 rows, 1502 bytes and 9 WCU an item (1 sampled): 18,000,000 WCU, 6.0 GB stored in the end',
        '  $ and base items of v.parent: about 10 rows, 1502 bytes and 3 WCU an item (1 sampled): 30 WCU, 15.6 KB stored in the end',
        '  $ and base items of v.parent.other: not estimated, as their source database was not named',
      ].join('\n'),
    );
    expect(renderText([{ ...base, estimate: { ...estimateOf([], 0, 'refill', undefined), bases: [] } }])).toContain(
      'analyse the table',
    );
  });
});
