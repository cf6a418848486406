/**
 * Checks a history by what every user of a database expects, and by nothing of how Hybridge works: no update is lost,
 * readers see what was accepted, each change ends once, and a rejected one leaves no trace.
 */
import { groupBy } from '../group-by.ts';
import { checkReads } from './check-reads.ts';
import type { Answer, Cell, CommittedWrite, CustomerWrite, History, InternalWrite } from './history.ts';

/** One sentence for each thing that is wrong. */
export function checkHistory(history: History): readonly string[] {
  const answers = groupBy(history.answers, ({ changeId }) => changeId);
  const byToken = groupBy(history.committed, (write) => write.new ?? '');
  return [
    ...checkPaths(history),
    ...history.customers.flatMap((write) => checkCustomer(write, answers.get(write.changeId) ?? [], byToken)),
    ...history.internal.flatMap((write) => checkInternal(write, byToken)),
    ...checkOrigins(history, byToken),
    ...checkRejectedLeftNothing(history, answers),
    ...checkReads(history),
  ];
}

/** The writes of each cell lead from its first value to its last, and its item shows the last. */
function checkPaths({ initial, committed, final }: History): readonly string[] {
  const ofCell = groupBy(committed, ({ cell }) => cell);
  return [...initial].flatMap(([cell, first]) => {
    const problems: string[] = [];
    let value: string | null = first;
    for (const write of ofCell.get(cell) ?? []) {
      if (write.old !== value) problems.push(`${cell}: ${write.new} replaced ${write.old}, but ${value} was there`);
      value = write.new;
    }
    if (final.sql.get(cell) !== value) problems.push(`${cell}: SQL ends with ${final.sql.get(cell)}, not ${value}`);
    if (final.items.get(cell) !== value)
      problems.push(`${cell}: its item shows ${final.items.get(cell)}, SQL ${value}`);
    return problems;
  });
}

type ByToken = ReadonlyMap<string, readonly CommittedWrite[]>;

function checkCustomer(write: CustomerWrite, answers: readonly Answer[], byToken: ByToken): readonly string[] {
  const { changeId, acceptedAt, seen } = write;
  if (answers.length > 1) return [`${changeId} was answered ${answers.length} times`];
  const [answer] = answers;
  if (answer === undefined) {
    const traces = write.replaces.filter(({ token }) => byToken.has(token));
    if (traces.length > 0) return [`${changeId} was never answered, but wrote ${traces.map(({ token }) => token)}`];
    return acceptedAt === undefined ? [] : [`${changeId} was accepted and never answered`];
  }
  const expected = answer.outcome === 'A' ? 'applied' : 'rejected';
  const wrong = seen.filter((outcome) => outcome !== expected);
  return [
    ...(wrong.length === 0 ? [] : [`${changeId} was ${expected}, but its customer saw ${seen}`]),
    ...(answer.outcome === 'A' ? checkApplied(write, byToken) : checkNotWritten(write, byToken)),
  ];
}

/** Everything of it was written once, in one transaction, over what its customer had seen. */
function checkApplied({ changeId, replaces }: CustomerWrite, byToken: ByToken): readonly string[] {
  const problems = replaces.flatMap(({ cell, token, base }) => {
    const writes = byToken.get(token) ?? [];
    if (writes.length !== 1) return [`${changeId} was applied, but ${token} was written ${writes.length} times`];
    return writes.flatMap((write) => [
      ...(write.cell === cell ? [] : [`${changeId} wrote ${token} to ${write.cell}, not to ${cell}`]),
      ...(write.old === base ? [] : [`lost update: ${changeId} saw ${base} in ${cell}, but replaced ${write.old}`]),
    ]);
  });
  const transactions = replaces.flatMap(({ token }) => (byToken.get(token) ?? []).map((write) => write.transaction));
  return new Set(transactions).size > 1 ? [...problems, `${changeId} was applied in parts`] : problems;
}

const checkNotWritten = ({ changeId, replaces }: CustomerWrite, byToken: ByToken): readonly string[] =>
  replaces.filter(({ token }) => byToken.has(token)).map(({ token }) => `${changeId} was rejected, but wrote ${token}`);

function checkInternal({ token, cell, base, committed }: InternalWrite, byToken: ByToken): readonly string[] {
  const writes = byToken.get(token) ?? [];
  if (writes.length === 0 && !committed) return [];
  if (writes.length !== 1) return [`the clerk's ${token} was written ${writes.length} times`];
  const [write] = writes;
  return write?.cell === cell && write.old === base
    ? []
    : [`lost update: the clerk of ${token} saw ${base} in ${cell}, but replaced ${write?.old} in ${write?.cell}`];
}

/** Nothing was written that nobody wanted. */
function checkOrigins({ customers, internal }: History, byToken: ByToken): readonly string[] {
  const wanted = new Set([
    ...customers.flatMap(({ replaces }) => replaces.map(({ token }) => token)),
    ...internal.map(({ token }) => token),
  ]);
  return [...byToken.keys()].filter((token) => !wanted.has(token)).map((token) => `nobody wanted to write ${token}`);
}

function checkRejectedLeftNothing(
  { customers, final }: History,
  answers: ReadonlyMap<string, readonly Answer[]>,
): readonly string[] {
  const isRejected = ({ changeId }: CustomerWrite): boolean =>
    (answers.get(changeId) ?? []).some(({ outcome }) => outcome === 'R');
  const shows = (cell: Cell, token: string): boolean => [final.sql, final.items].some((end) => end.get(cell) === token);
  return customers
    .filter(isRejected)
    .flatMap(({ changeId, replaces }) =>
      replaces
        .filter(({ cell, token }) => shows(cell, token))
        .map(({ cell, token }) => `${changeId} was rejected, but ${cell} still shows ${token}`),
    );
}
