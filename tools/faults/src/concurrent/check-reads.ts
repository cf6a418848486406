import type { Cell, CustomerWrite, History, Read } from './history.ts';

/** An accepted change of one cell. */
interface Accepted {
  readonly token: string;
  readonly by: string;
  readonly acceptedAt: number;
  /** When SQL rejected it; undefined: it did not. */
  readonly rejectedAt: number | undefined;
}

/** Between the clocks of SQL and of the readers, which run on one machine. */
const CLOCK_SLACK_MS = 50;

/**
 * Every consistent read that begins after a change was accepted shows its value or one that came later, unless SQL had
 * rejected the change before the read ended: for the customer (read your writes), and for everybody else.
 */
export function checkReads(history: History): readonly string[] {
  const before = predecessors(history);
  const accepted = acceptedByCell(history);
  return history.reads.flatMap((read) =>
    [...read.values].flatMap(([cell, value]) =>
      (accepted.get(cell) ?? [])
        .filter((change) => mustBeSeen(change, read) && !comesAfter(value, change.token, before))
        .map((change) => describe(change, read, cell)),
    ),
  );
}

const mustBeSeen = ({ acceptedAt, rejectedAt }: Accepted, { startedAt, endedAt }: Read): boolean =>
  acceptedAt < startedAt && (rejectedAt === undefined || rejectedAt > endedAt + CLOCK_SLACK_MS);

function describe({ token, by }: Accepted, read: Read, cell: Cell): string {
  const what = by === read.by ? 'read-your-writes' : 'an accepted write was not seen';
  return `${what}: ${read.by} read ${read.values.get(cell)} in ${cell} after ${token} of ${by} was accepted`;
}

/** Whether `value` is the token, or replaced it, or replaced what replaced it, and so on. */
function comesAfter(value: string, token: string, before: ReadonlyMap<string, string>): boolean {
  const passed = new Set<string>();
  for (let at: string | undefined = value; at !== undefined && !passed.has(at); at = before.get(at)) {
    if (at === token) return true;
    passed.add(at);
  }
  return false;
}

/** What each token replaced: as SQL saw it, or, for a change not in SQL, as its customer saw it. */
function predecessors({ customers, committed }: History): ReadonlyMap<string, string> {
  const wanted = customers.flatMap(({ replaces }) =>
    replaces.map(({ token, base }): [string, string] => [token, base]),
  );
  const done = committed.map((write): [string, string] => [write.new ?? '', write.old ?? '']);
  return new Map([...wanted, ...done]);
}

function acceptedByCell({ customers, answers }: History): ReadonlyMap<Cell, readonly Accepted[]> {
  const rejected = new Map(answers.filter(({ outcome }) => outcome === 'R').map(({ changeId, at }) => [changeId, at]));
  const byCell = new Map<Cell, Accepted[]>();
  const note = ({ changeId, by, replaces }: CustomerWrite, acceptedAt: number): void => {
    for (const { cell, token } of replaces) {
      const entry = { token, by, acceptedAt, rejectedAt: rejected.get(changeId) };
      byCell.set(cell, [...(byCell.get(cell) ?? []), entry]);
    }
  };
  for (const write of customers) if (write.acceptedAt !== undefined) note(write, write.acceptedAt);
  return byCell;
}
