import { type Item, NULL, columnsOf, pendingOf, relationsOf, sameValue, versionOf } from '@hybridge/protocol';
import { type Repair, RepairOutcome, isRepaired } from '@hybridge/verify';
import { stateName } from '../item-state.ts';
import { toJson } from '../terminal.ts';

interface Asked {
  readonly view: string;
  readonly key: string;
  readonly values: boolean;
}

/** What each outcome means for the person who asked. */
const MEANING: Readonly<Record<RepairOutcome, string>> = {
  [RepairOutcome.filled]: 'the item is the row of SQL',
  [RepairOutcome.absent]: 'SQL has no such row, and no item claims one',
  [RepairOutcome.pending]:
    'not touched: a change of the customer waits for its answer, which brings the current row; the sweep of the inspector sends it again',
  [RepairOutcome.quarantined]: 'the row cannot be stored; readers get it from SQL',
  [RepairOutcome.needsPrimary]:
    'not touched: the item names no transaction to prove, so only the primary may fill it; point HYBRIDGE_SQL_URL there',
  [RepairOutcome.unproven]:
    'now a fence: SQL did not show the transaction of the item in time (a replica that lags?); readers get the row from SQL',
  [RepairOutcome.overtaken]: 'somebody else writes the item at the same time; try again',
};

export function renderText({ view, key, values }: Asked, repair: Repair): string {
  const changed = changedAttributes(repair);
  return [
    `${view} ${key}: ${repair.outcome} (${MEANING[repair.outcome]})`,
    `before  ${describe(repair.before)}`,
    `after   ${describe(repair.after)}`,
    ...(repair.told === undefined
      ? []
      : [`told    ${repair.told} item(s) that embed the row and were not in line with it`]),
    ...(changed.length === 0 ? [] : [`changed ${changed.join(', ')}`]),
    ...(values ? changed.map((name) => `  ${name}: ${show(repair.before, name)} -> ${show(repair.after, name)}`) : []),
  ].join('\n');
}

export const renderJson = (asked: Asked, repair: Repair): string => toJson(reportOf(asked, repair));

/** What programs are told of a repair. */
export function reportOf({ view, key, values }: Asked, repair: Repair) {
  return {
    view,
    key,
    item: repair.key,
    outcome: repair.outcome,
    repaired: isRepaired(repair),
    meaning: MEANING[repair.outcome],
    before: summary(repair.before),
    after: summary(repair.after),
    changed: changedAttributes(repair),
    ...(repair.told === undefined ? {} : { told: repair.told }),
    ...(values ? { values: { before: columns(repair.before), after: columns(repair.after) } } : {}),
  };
}

function summary(item: Item | undefined) {
  if (item === undefined) return { state: 'absent' };
  return {
    state: stateName(item),
    version: versionOf(item) ?? null,
    pendingChanges: pendingOf(item).length,
  };
}

function describe(item: Item | undefined): string {
  const { state, version, pendingChanges = 0 } = summary(item);
  const waiting = pendingChanges === 0 ? '' : `, ${pendingChanges} pending`;
  return version === undefined ? state : `${state}, version ${version ?? 'none'}${waiting}`;
}

/** With what it embeds. */
const columns = (item: Item | undefined) =>
  item === undefined
    ? {}
    : { ...columnsOf(item), ...Object.fromEntries(relationsOf(item).map((name) => [name, item[name] ?? NULL])) };

const changedAttributes = ({ before, after }: Repair): readonly string[] =>
  Object.keys({ ...columns(before), ...columns(after) }).filter((name) => !sameValue(before?.[name], after?.[name]));

const show = (item: Item | undefined, name: string): string =>
  item?.[name] === undefined ? 'nothing' : toJson(item[name]).replaceAll(/\s*\n\s*/g, ' ');
