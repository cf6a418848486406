import { awaitCondition } from '../lab/await-condition.ts';
import { type QueueCopier, copyMessages } from '../lab/queue-copier.ts';
import type { FaultLab } from '../lab/open-fault-lab.ts';
import type { Scenario } from '../lab/run-scenario.ts';

/** Of each kind, at least: else the run proves nothing. */
const LEAST = 15;

const copiers = new WeakMap<FaultLab, QueueCopier>();

/**
 * Commands reach the writeback twice, late and out of order; those it believes deleted come again. When every change is
 * answered, all of them are delivered once more: nothing may come of it.
 */
export const queueCopies: Scenario = {
  name: 'sqs',
  title: 'SQS delivers commands again, late and out of order, some long after their answer',
  async act(lab, { random, more, rounds }) {
    const copier = copyMessages(lab, random);
    copiers.set(lab, copier);
    try {
      await rounds(1, () => more(150));
      const { counts } = copier;
      await awaitCondition(`${LEAST} messages of every kind`, () =>
        [counts.copied, counts.heldBack, counts.notDeleted].every((count) => count >= LEAST),
      );
      return {};
    } catch (error) {
      await copier.stop();
      throw error;
    }
  },
  async settle(lab) {
    const copier = copiers.get(lab) as QueueCopier;
    try {
      await copier.emptied();
      const before = await lab.ledger.position();
      const resent = await copier.resendAll();
      if (resent < LEAST) throw new Error(`Only ${resent} commands could be sent again after their answers.`);
      await copier.emptied();
      const { transactions } = await lab.ledger.writebackSince(before);
      if (transactions > 0) throw new Error(`${resent} commands sent again after their answers wrote to SQL.`);
      return { ...copier.counts, 'sent again after all was answered': resent };
    } finally {
      await copier.stop();
    }
  },
};
