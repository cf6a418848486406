import { awaitCondition } from '../lab/await-condition.ts';
import { isPast } from '../lab/group-offsets.ts';
import { type FaultLab, GROUP_ID } from '../lab/open-fault-lab.ts';
import type { Scenario } from '../lab/run-scenario.ts';
import { committedBy, sumOf, watermarksOf } from '../lab/topic-records.ts';
import { traceVersions } from '../lab/version-trace.ts';

/** The projector reads every record of every topic once more into views that are in use. No item may go back meanwhile. */
export const topicReplay: Scenario = {
  name: 'topic-replay',
  title: 'the topics are read again from their first record into live views',
  async act(lab, { more, rounds }) {
    const { apps } = lab.loop;
    let replayed = 0;
    await more(20);
    const trace = await traceVersions(lab);
    const replays = await rounds(1, async () => {
      await apps.stop('projector');
      await forgetOffsets(lab);
      const ends = await watermarksOf(lab);
      await more(10);
      await apps.start('projector');
      await awaitCondition('the topics read again', async () => isPast(await committedBy(lab, GROUP_ID), ends));
      replayed += sumOf(ends);
      await more(20);
    });
    const { reads, rises, falls } = await trace.stop();
    if (falls.length > 0) throw new Error(`${falls.length} versions fell: ${falls.slice(0, 10).join('; ')}`);
    if (rises === 0) throw new Error('No version rose while it was watched: the watch proves nothing.');
    return { replays, 'records replayed': replayed, 'consistent reads': reads, 'versions seen to rise': rises };
  },
};

/** Without offsets the group begins at the first record. Its last member leaves a moment after it has stopped. */
async function forgetOffsets(lab: FaultLab): Promise<void> {
  await awaitCondition('the group deleted', async () => {
    await lab.withAdmin((admin) => admin.deleteGroups([GROUP_ID]));
    return true;
  });
  const left = await committedBy(lab, GROUP_ID);
  if (left.size > 0) throw new Error(`The group still has offsets of ${[...left.keys()].join(', ')}.`);
}
