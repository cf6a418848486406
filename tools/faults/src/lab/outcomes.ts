/** Whether every accepted customer change ended exactly once, wherever its end can be seen. */
import type { AcceptedChange } from '@hybridge/load';
import { pollUntil } from '@hybridge/local-stack';
import { type Item, type ItemKey, OutcomeKind, outcomesOf, pendingOf } from '@hybridge/protocol';
import { type Catalog, keyFromParts, keyOfRow } from '@hybridge/views';
import type { FaultLab } from './open-fault-lab.ts';
import { checkWritten } from './written.ts';

/** One change, as each place tells its end. `A` applied, `R` rejected. */
export interface Ending {
  readonly changeId: string;
  readonly inbox: readonly string[];
  /** What the bus was told; a message may come twice. */
  readonly bus: readonly string[];
  /** What the item remembers; it forgets old ones. */
  readonly item: readonly string[];
  readonly isPending: boolean;
}

/** What is wrong with the ends; empty when each change has one. */
export function judgeEndings(endings: readonly Ending[]): readonly string[] {
  return endings.flatMap((ending) => {
    const { changeId, inbox, bus, item, isPending } = ending;
    const problem = (text: string): readonly string[] => [`change ${changeId} ${text}: ${JSON.stringify(ending)}`];
    if (inbox.length === 0) return problem('has no answer');
    if (isPending) return problem('is still pending in its item');
    if (inbox.length > 1 || item.length > 1) return problem('was answered more than once');
    if (bus.length === 0) return problem('was never announced');
    return new Set([...inbox, ...bus, ...item]).size > 1 ? problem('has two outcomes') : [];
  });
}

/** The pipe may be a moment behind the items. */
const PATIENCE_MS = 60_000;

/**
 * @param since of the ledger, before the first of them
 * @returns what is wrong, one sentence each
 */
export async function checkOutcomes(
  lab: FaultLab,
  accepted: readonly AcceptedChange[],
  since: number,
): Promise<readonly string[]> {
  if (accepted.length === 0) return [];
  const { announced } = lab.aws;
  const isAnnounced = (): boolean => accepted.every(({ changeId }) => announced.has(changeId));
  await pollUntil(isAnnounced, { timeoutMs: PATIENCE_MS });
  const inbox = await inboxOf(lab, accepted);
  const items = await lab.items.batchGet(accepted.map((change) => itemKeyOf(lab.ground.catalog, change)));
  const endings = accepted.map(({ changeId }, i) => ({
    changeId,
    inbox: inbox.get(changeId) ?? [],
    bus: [...(announced.get(changeId) ?? [])],
    ...inItem(items[i], changeId),
  }));
  return [...judgeEndings(endings), ...(await checkWritten(lab, accepted, since))];
}

async function inboxOf({ sql }: FaultLab, accepted: readonly AcceptedChange[]): Promise<ReadonlyMap<string, string[]>> {
  const { rows } = await sql.query<{ id: string; outcome: string }>(
    'SELECT change_id AS id, outcome FROM public.hybridge_inbox WHERE change_id = ANY($1)',
    [accepted.map(({ changeId }) => changeId)],
  );
  const answers = new Map<string, string[]>();
  for (const { id, outcome } of rows) answers.set(id, [...(answers.get(id) ?? []), outcome]);
  return answers;
}

function inItem(item: Item | undefined, changeId: string): Pick<Ending, 'item' | 'isPending'> {
  if (item === undefined) return { item: [], isPending: false };
  return {
    item: outcomesOf(item)
      .filter(({ id }) => id === changeId)
      .map(({ out }) => (out === OutcomeKind.applied ? 'A' : 'R')),
    isPending: pendingOf(item).some(({ id }) => id === changeId),
  };
}

function itemKeyOf(catalog: Catalog, { view: name, id }: AcceptedChange): ItemKey {
  const view = catalog.byName(name);
  return keyOfRow(view, keyFromParts(view, id.split(',')));
}
