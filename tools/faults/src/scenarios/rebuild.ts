import { AppName, type Apps, definitionsIn } from '@hybridge/local-stack';
import { pause } from '@hybridge/runtime';
import { differencesIn, renderReport } from '@hybridge/verify';
import { describeView, planViews } from '@hybridge/views';
import { catalog as joinedCatalog } from '../joins/joined-catalog.ts';
import { catalog as rebuiltCatalog } from '../joins/rebuilt-catalog.ts';
import { awaitCondition } from '../lab/await-condition.ts';
import { isPast } from '../lab/group-offsets.ts';
import type { FaultLab } from '../lab/open-fault-lab.ts';
import type { Scenario } from '../lab/run-scenario.ts';
import { secondProjector } from '../lab/second-projector.ts';
import { committedBy, sumOf, watermarksOf } from '../lab/topic-records.ts';

const BUILD = '2';
/** All that ever happened is told once more, beside what goes on. */
const PATIENCE_MS = 300_000;
/** Else there was nothing to be filled. */
const LEAST_RECORDS = 200;

interface Rebuilt {
  readonly groupId: string;
  readonly apps: Apps;
}

const rebuilding = new WeakMap<FaultLab, Rebuilt>();
let groups = 0;

/**
 * Views that show more of a parent are made anew beside the old ones: by a projector of a group of its own, from the first
 * record, into other first words of the same table. Parents are renamed all the while, and the new projector is killed.
 */
export const rebuild: Scenario = {
  name: 'rename-during-rebuild',
  title: 'views with another embedded column are filled beside the old ones while parents are renamed',
  ground: 'joins',
  async act(lab, { random, more, rounds }) {
    await more(20);
    const groupId = `projector-rebuilt-${++groups}`;
    const apps = await secondProjector(lab, {
      name: groupId,
      env: { ...definitionsIn('tools/faults/src/joins/rebuilt-catalog.ts'), PROJECTOR_KAFKA_GROUP_ID: groupId },
    });
    rebuilding.set(lab, { groupId, apps });
    try {
      const ends = await watermarksOf(lab);
      await apps.start(AppName.projector);
      const kills = await rounds(1, async () => {
        await more(30);
        await pause(random.roll(1_500));
        await apps.kill(AppName.projector);
        await apps.start(AppName.projector);
      });
      const isFilled = async (): Promise<boolean> => isPast(await committedBy(lab, groupId), ends);
      await awaitCondition('the new views filled', isFilled, PATIENCE_MS);
      await more(60);
      const records = sumOf(ends);
      if (records < LEAST_RECORDS) throw new Error(`The topics held only ${records} records.`);
      return { 'records read again': records, kills, 'views to be made anew': newViews() };
    } catch (error) {
      await apps.stop();
      throw error;
    }
  },
  async settle(lab) {
    const { groupId, apps } = rebuilding.get(lab) as Rebuilt;
    try {
      await lab.drained(groupId, BUILD);
      const comparisons = await lab.compare(rebuiltCatalog);
      if (differencesIn(comparisons) > 0)
        throw new Error(`The new views differ from SQL:\n${renderReport(comparisons, { values: true })}`);
      return { 'new items as their rows say': comparisons.reduce((sum, { counts }) => sum + counts.matched, 0) };
    } finally {
      await apps.stop();
    }
  },
};

/** As `hybridge view plan` tells it: those whose items lie under another first word. */
const newViews = (): number =>
  planViews(joinedCatalog.views.map(describeView), rebuiltCatalog.views.map(describeView)).filter(({ changes }) =>
    changes.some(({ what }) => what === 'key prefix'),
  ).length;
