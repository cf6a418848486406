import { catalog } from '@hybridge/definitions';
import { ItemState } from '@hybridge/protocol';
import type { ParkedKeys } from '@hybridge/sink-dynamodb';
import { item } from '@hybridge/testkit';
import { type Repair, RepairOutcome } from '@hybridge/verify';
import { keyOfRow } from '@hybridge/views';
import { ExitCode } from '../exit-code.ts';
import { parseViewKey } from '../view-key.ts';
import { releaseKey } from './release.ts';

const view = catalog.byName('addresses');
const keyRow = parseViewKey(view, '42,Summer%20house');
const key = keyOfRow(view, keyRow);

function setUp(options: { readonly parked?: boolean; readonly repairOne?: () => Promise<Repair> } = {}) {
  const steps: string[] = [];
  const told = { out: [] as string[], err: [] as string[] };
  const keys: ParkedKeys = {
    has: async () => options.parked ?? true,
    release: async (released) => void steps.push(`release ${released.sk}`),
    list: async () => [],
    park: async () => undefined,
  };
  const repairOne =
    options.repairOne ??
    (async (): Promise<Repair> => {
      steps.push('repair');
      const before = item({ key, state: ItemState.quarantined });
      return { key, outcome: RepairOutcome.filled, before, after: item({ key }) };
    });
  const release = (json: boolean) =>
    releaseKey(
      { view: 'addresses', key: '42,Summer%20house', values: false, json, of: view, keyRow },
      { out: (text) => void told.out.push(text), err: (text) => void told.err.push(text) },
      { keys, repairOne },
    );
  return { steps, told, release };
}

describe('hybridge release', () => {
  it('takes the mark away before the repair, and says what became of the item', async () => {
    const { steps, told, release } = setUp();
    expect(await release(false)).toBe(ExitCode.ok);
    expect(steps).toEqual(['release ADDRESS#Summer house', 'repair']);
    expect(told.out).toEqual([
      expect.stringMatching(
        /^released\naddresses 42,Summer%20house: filled .*\nbefore {2}quarantined, .*\nafter {3}live,/,
      ),
    ]);
  });

  it('tells programs the same', async () => {
    const { told, release } = setUp();
    await release(true);
    expect(JSON.parse(told.out[0] ?? '')).toMatchObject({
      view: 'addresses',
      key: '42,Summer%20house',
      outcome: 'filled',
      repaired: true,
      before: { state: 'quarantined' },
      after: { state: 'live' },
    });
  });

  it('fails where the row still cannot be stored', async () => {
    const after = item({ key, state: ItemState.quarantined });
    const repairOne = async (): Promise<Repair> => ({ key, outcome: RepairOutcome.quarantined, before: after, after });
    expect(await setUp({ repairOne }).release(false)).toBe(ExitCode.failed);
  });

  it('does nothing to a key that is not parked', async () => {
    const { steps, release } = setUp({ parked: false });
    await expect(release(false)).rejects.toMatchObject({
      code: 'HYBRIDGE_CLI_USAGE',
      message: expect.stringContaining('addresses 42,Summer%20house is not parked') as string,
    });
    expect(steps).toEqual([]);
  });

  it('says how to go on when SQL does not answer after the release', async () => {
    const { told, release } = setUp({ repairOne: () => Promise.reject(new Error('no SQL')) });
    await expect(release(false)).rejects.toThrow('no SQL');
    expect(told.err).toEqual([expect.stringContaining('hybridge repair addresses 42,Summer%20house')]);
  });
});
