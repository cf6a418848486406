import { awaitCondition } from '../lab/await-condition.ts';
import type { FaultLab } from '../lab/open-fault-lab.ts';
import type { Scenario } from '../lab/run-scenario.ts';
import { cuts } from '../proxy/sql-proxy.ts';

const CUT_PERCENT = 30;
/** Of each kind, at least. */
const LEAST_CUTS = 5;

/** The writeback's connections break at COMMIT until nothing is under way. */
export const commitCut: Scenario = {
  name: 'commit-cut',
  title:
    'connections of the writeback break at COMMIT: before SQL hears of it, in the middle of it, after it was done, and meanwhile',
  async act({ sqlProxy }, { more, rounds }) {
    sqlProxy.cutCommits(CUT_PERCENT);
    try {
      await rounds(1, () => more(150));
      await awaitCondition(`${LEAST_CUTS} cuts of each kind`, () =>
        cuts.every((cut) => (sqlProxy.counts.get(cut) ?? 0) >= LEAST_CUTS),
      );
      return {};
    } catch (error) {
      sqlProxy.cutCommits(0);
      throw error;
    }
  },
  async settle({ sqlProxy }: FaultLab) {
    sqlProxy.cutCommits(0);
    return Object.fromEntries([...sqlProxy.counts].map(([cut, count]) => [`${cut} COMMIT`, count]));
  },
};
