import { awaitCondition } from '../lab/await-condition.ts';
import { copyRecords } from '../lab/record-copier.ts';
import type { Scenario } from '../lab/run-scenario.ts';

/** Copies of each kind, at least: else the run proves nothing. */
const LEAST_COPIES = 30;

/** Records come twice, in old suffixes, and out of order from a partition that is not theirs. */
export const duplicates: Scenario = {
  name: 'duplicates',
  title: 'records come again: at once, as old suffixes, and from another partition',
  async act(lab, { more, random, rounds }) {
    const copier = await copyRecords(lab, random);
    try {
      await rounds(1, () => more(150));
      const { counts } = copier;
      await awaitCondition('copies of every kind', () =>
        [counts.duplicates, counts.elsewhere, counts.suffixes].every((count) => count >= LEAST_COPIES),
      );
      const repeated = await copier.repeatNewest(100);
      await more(20);
      // Last, as a newer record of the same key would cover what these may do.
      const outdated = await copier.repeatOutdated(100);
      if (outdated < LEAST_COPIES) throw new Error(`Only ${outdated} outdated records could be sent again.`);
      return { ...counts, 'repeated at the end': repeated, outdated };
    } finally {
      await copier.stop();
    }
  },
};
