import { scrape, total } from '@hybridge/local-stack';
import { ItemState, stateOf } from '@hybridge/protocol';
import { awaitCondition } from '../lab/await-condition.ts';
import { type FaultLab, GROUP_ID, SENTINEL_ID } from '../lab/open-fault-lab.ts';
import { countParked, productItem, releaseProduct } from '../lab/parking.ts';
import { type Victim, findVictims, malformed, sendRecord, withUnknownKey, wrongType } from '../lab/poison-records.ts';
import type { Scenario } from '../lab/run-scenario.ts';

/**
 * Records that cannot be read. With a good key only that key waits, and readers get its row from SQL, until it is
 * released; with an unreadable key its partition waits until somebody goes past the record.
 */
export const poison: Scenario = {
  name: 'poison',
  title: 'records that cannot be read park their key, or halt their partition, until somebody mends it',
  async act(lab, { more, rounds }) {
    await more(20);
    const victims = await findVictims(lab, SENTINEL_ID);
    let parked = 0;
    const halts = await rounds(1, async (index) => {
      const pair = [0, 1].map((n) => victims[(2 * index + n) % victims.length] as Victim);
      parked += await parkAndRelease(lab, pair as [Victim, Victim], () => more(20));
      await haltAndSkip(lab, pair[0] as Victim, () => more(20));
    });
    return { 'keys parked and released': parked, 'partitions halted and mended': halts };
  },
};

async function parkAndRelease(lab: FaultLab, pair: readonly [Victim, Victim], more: () => Promise<void>) {
  await sendRecord(lab, malformed(pair[0].record));
  await sendRecord(lab, wrongType(pair[1].record));
  await awaitCondition('both keys parked', async () => (await countParked(lab)) === pair.length);
  await lab.flows(); // everything else
  for (const [n, victim] of pair.entries()) await readersSee(lab, victim, `said while parked, ${n}`);
  await more();
  if ((await haltedPartitions(lab)) > 0) throw new Error('A poison record with a good key halted its partition.');
  for (const { id } of pair) {
    const state = await stateOfItem(lab, id);
    if (state !== ItemState.quarantined) throw new Error(`Product ${id} is parked, but its item is ${state}.`);
    await releaseProduct(lab, id);
  }
  await awaitCondition('no key parked', async () => (await countParked(lab)) === 0);
  return pair.length;
}

/** Changes a row that nothing else changes in this column; resolves when readers get it and its item is left to SQL. */
async function readersSee(lab: FaultLab, { id }: Victim, text: string): Promise<void> {
  await lab.sql.query('UPDATE public.products SET description = $1 WHERE id = $2', [text, id]);
  await awaitCondition(`product ${id} quarantined`, async () => (await stateOfItem(lab, id)) === ItemState.quarantined);
  await awaitCondition(`product ${id} as SQL has it`, async () => {
    const response = await fetch(`${lab.loop.apps.apiUrl}/views/products/${id}`);
    return ((await response.json()) as { description: string }).description === text;
  });
}

async function stateOfItem(lab: FaultLab, id: string): Promise<string | undefined> {
  const item = await productItem(lab, id);
  return item === undefined ? undefined : stateOf(item);
}

async function haltAndSkip(lab: FaultLab, { record }: Victim, more: () => Promise<void>): Promise<void> {
  const { apps } = lab.loop;
  const { topic, partition } = record;
  const offset = await sendRecord(lab, withUnknownKey(record));
  await awaitCondition('a halted partition', async () => (await haltedPartitions(lab)) === 1);
  await lab.flows(); // every other partition
  await more();
  await apps.stop('projector');
  // What an operator does, having looked at the record: the group goes on behind it.
  await lab.withAdmin((admin) =>
    admin.setOffsets({ groupId: GROUP_ID, topic, partitions: [{ partition, offset: String(offset + 1n) }] }),
  );
  await apps.start('projector');
  await lab.flows();
  if ((await haltedPartitions(lab)) > 0) throw new Error('A partition is halted behind the record that was passed.');
}

const haltedPartitions = async ({ loop }: FaultLab): Promise<number> =>
  total(await scrape(`${loop.apps.operationsUrl('projector')}/metrics`), 'projector_halted_partitions');
