import { CustomerChangeApplied, CustomerChangeRejected } from '@hybridge/contracts';
import { eventually } from './eventually.ts';
import type { Harness } from './harness.ts';

interface Answer {
  readonly change_id: string;
  readonly outcome: string;
}

const answersInShop = async ({ sql }: Harness, changeIds: readonly string[]): Promise<readonly Answer[]> =>
  (
    await sql.query<Answer>('SELECT change_id, outcome FROM public.hybridge_inbox WHERE change_id = ANY($1)', [
      changeIds,
    ])
  ).rows;

/**
 * Every change ended exactly once: one answer in SQL, and events that all say the same (an event may come twice, as the
 * bus delivers at least once).
 * @param answersOf reads the answers to them, as `hybridge_inbox` has them; default in PostgreSQL
 * @returns how many were applied and rejected
 */
export async function expectOneOutcomeEach(
  harness: Harness,
  changeIds: readonly string[],
  answersOf: (changeIds: readonly string[]) => Promise<readonly Answer[]> = (ids) => answersInShop(harness, ids),
) {
  const rows = await answersOf(changeIds);
  const answers = new Map(rows.map(({ change_id, outcome }) => [change_id, outcome]));
  expect([...answers.keys()].sort()).toEqual([...changeIds].sort());
  const told = await eventually('an event for every change', async () => {
    const seen = await outcomesOnBus(harness.bus);
    return changeIds.every((id) => seen.has(id)) && seen;
  });
  for (const id of changeIds)
    expect({ id, outcomes: [...(told.get(id) ?? [])] }).toEqual({ id, outcomes: [answers.get(id)] });
  const applied = rows.filter(({ outcome }) => outcome === 'A').length;
  return { applied, rejected: rows.length - applied };
}

async function outcomesOnBus(bus: Harness['bus']): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const seen = new Map<string, Set<string>>();
  const note = (id: string, outcome: string): void => void seen.set(id, (seen.get(id) ?? new Set()).add(outcome));
  for (const { data } of await bus.messages(CustomerChangeApplied)) note(data.changeId, 'A');
  for (const { data } of await bus.messages(CustomerChangeRejected)) note(data.changeId, 'R');
  return seen;
}
