import { setTimeout as delay } from 'node:timers/promises';
import { checkHistory } from '../concurrent/check-history.ts';
import type { History } from '../concurrent/history.ts';
import { VIEW } from '../concurrent/shared-rows.ts';
import { type Writing, completeHistory, writeTogether } from '../concurrent/write-together.ts';
import type { FaultLab } from '../lab/open-fault-lab.ts';
import type { Scenario } from '../lab/run-scenario.ts';

const CROWD = { customers: 200, clerks: 50, rows: 500 } as const;
/** The short form lasts one round. */
const ROUND_MS = 20_000;
/** Else they hardly met each other. */
const LEAST_CHANGES = 100;
const MOST_SENTENCES = 20;

const writings = new WeakMap<FaultLab, Writing>();

/** Nothing fails: many write the same rows at once, and a checker of its own looks at what became of it. */
export const concurrent: Scenario = {
  name: 'concurrent',
  title: `${CROWD.customers} customers and ${CROWD.clerks} clerks change the same ${CROWD.rows} rows at once`,
  async act(lab, { accepted, rounds }) {
    const writing = await writeTogether(lab, CROWD, () => rounds(1, () => delay(ROUND_MS)));
    writings.set(lab, writing);
    for (const { changeId, replaces, acceptedAt } of writing.customers) {
      const cells = replaces.map(({ cell, token }) => [...cell.split('.'), token]);
      const id = cells[0]?.[0];
      const set = Object.fromEntries(cells.map(([, field, token]) => [field, token]));
      if (acceptedAt !== undefined && id !== undefined) accepted.push({ changeId, view: VIEW, id, set });
    }
    if (accepted.length < LEAST_CHANGES) throw new Error(`Only ${accepted.length} changes were accepted.`);
    return {};
  },
  async settle(lab) {
    const history = await completeHistory(lab, writings.get(lab) as Writing);
    const problems = checkHistory(history);
    if (problems.length === 0) return countsOf(history);
    throw new Error(`${problems.length} problems:\n${problems.slice(0, MOST_SENTENCES).join('\n')}`);
  },
};

function countsOf({ customers, internal, reads, answers, committed }: History) {
  const mine = new Set(customers.map(({ changeId }) => changeId));
  const ends = (outcome: 'A' | 'R'): number =>
    answers.filter((answer) => mine.has(answer.changeId) && answer.outcome === outcome).length;
  return {
    'changes of customers': customers.length,
    applied: ends('A'),
    rejected: ends('R'),
    'changes of clerks': internal.length,
    'consistent reads': reads.length,
    'writes in SQL': committed.length,
  };
}
