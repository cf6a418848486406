import { PlanEffect, type PlannedChange } from '@hybridge/views';
import { toJson } from '../terminal.ts';
import type { BaseEstimate, Estimate } from './estimate.ts';
import type { CostedPlan } from './plan.ts';

const STEPS: Readonly<Record<PlanEffect, (view: string) => string>> = {
  [PlanEffect.none]: () => 'deploy the apps; items stay as they are',
  [PlanEffect.leftovers]: () => 'deploy the apps; what is left over costs its storage, and nothing else',
  [PlanEffect.load]: (view) =>
    `deploy the projector, then "hybridge verify ${view} --repair", then what reads the view`,
  [PlanEffect.refill]: (view) =>
    `deploy the projector, then "hybridge verify ${view} --repair", then what needs the new form`,
  [PlanEffect.rebuild]: () => 'not as it stands: give the view another first word in its partition key, and plan again',
};

/** Lines for people. */
export function renderText(plans: readonly CostedPlan[]): string {
  if (plans.length === 0) return 'The definitions mean the same.';
  return plans.map(renderPlan).join('\n\n');
}

function renderPlan(plan: CostedPlan): string {
  const { view, changes, effect, addedIndexes, removedIndexes } = plan;
  return [
    `${view}: ${effect}`,
    ...changes.map(renderChange),
    ...addedIndexes.map((name) => `  ! the view table needs index ${name} first (it makes one at a time)`),
    ...removedIndexes.map((name) => `  ! no view uses index ${name} any more: the view table can drop it afterwards`),
    `  = ${STEPS[effect](view)}`,
    ...costLines(plan),
  ].join('\n');
}

const SIGNS = { added: '+', removed: '-', changed: '~' } as const;

const renderChange = ({ what, how, effect, meaning }: PlannedChange): string =>
  `  ${SIGNS[how]} ${what} (${effect}): ${meaning}`;

function costLines({ estimate }: CostedPlan): readonly string[] {
  if (estimate === undefined) return [];
  return [costLine('  $ ', estimate), ...estimate.bases.map((base) => baseLine(base))];
}

const baseLine = ({ view, estimate }: BaseEstimate): string =>
  estimate === undefined
    ? `  $ and base items of ${view}: not estimated, as their source database was not named`
    : costLine(`  $ and base items of ${view}: `, estimate);

function costLine(lead: string, estimate: Estimate): string {
  const { rows, sampled, itemBytes, writeUnitsPerItem, writeUnits, storageBytes } = estimate;
  const each = `${itemBytes} bytes and ${writeUnitsPerItem} WCU an item (${sampled} sampled)`;
  return writeUnits === undefined || storageBytes === undefined
    ? `${lead}${each}; the database has no estimate of its rows: analyse the table`
    : `${lead}about ${count(rows ?? 0)} rows, ${each}: ${count(writeUnits)} WCU, ${size(storageBytes)} stored in the end`;
}

const count = (value: number): string => value.toLocaleString('en-US');

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}

export const renderJson = (plans: readonly CostedPlan[]): string =>
  toJson(plans.map((plan) => ({ ...plan, next: STEPS[plan.effect](plan.view), estimate: plan.estimate ?? null })));
