import {
  type Comparison,
  RepairOutcome,
  differencesIn,
  differingAttributes,
  formatKeyParts,
  renderReport,
} from '@hybridge/verify';
import { type TableStatus, isLoading } from '../table-status.ts';
import { toJson } from '../terminal.ts';

export interface VerifyResult {
  /** When the comparison ended. */
  readonly table: TableStatus;
  readonly comparisons: readonly Comparison[];
  /** Views whose database did not answer. */
  readonly skipped: readonly SkippedView[];
  /** How the repairs of what differed ended; undefined: nothing was to be repaired. */
  readonly repairs: RepairCounts | undefined;
  readonly seconds: number;
  /** Whether an earlier run did part of the work; then no rate is given. */
  readonly resumed: boolean;
}

export interface SkippedView {
  readonly view: string;
  readonly source: string;
  readonly problem: string;
}

/** Repairs by how they ended. */
export type RepairCounts = { readonly [outcome in RepairOutcome]?: number };

/** Differences that are still there, as far as the repairs tell. */
export function leftIn({ comparisons, repairs }: Pick<VerifyResult, 'comparisons' | 'repairs'>): number {
  const mended = repairs === undefined ? 0 : MENDED.reduce((sum, outcome) => sum + (repairs[outcome] ?? 0), 0);
  return differencesIn(comparisons) - mended;
}

const MENDED = [RepairOutcome.filled, RepairOutcome.absent] as const;

interface Style {
  readonly values: boolean;
}

export function renderText(result: VerifyResult, { values }: Style): string {
  const { comparisons, skipped, seconds } = result;
  const rate = rateOf(result);
  const pace = rate === undefined ? '' : `, ${rate} keys/s`;
  const left = skipped.map(({ view, source, problem }) => `${view} was NOT compared: source ${source}: ${problem}`);
  const report = [renderReport(comparisons, { values }), ...left, ...waitingLines(comparisons)].join('\n');
  return `${report}\n${verdictOf(result)} (${seconds.toFixed(1)} s${pace})`;
}

function waitingLines(comparisons: readonly Comparison[]): readonly string[] {
  const waiting = comparisons.reduce((sum, { counts }) => sum + counts['fan-out'], 0);
  return waiting === 0
    ? []
    : [`${waiting} item(s) have still to be told of rows that they embed: "hybridge status" shows the fan-out jobs.`];
}

function verdictOf(result: VerifyResult): string {
  const { comparisons, skipped, table } = result;
  const found = differencesIn(comparisons);
  const which = skipped.length === 0 ? 'The views say' : 'The views compared say';
  const counted = found === 0 ? `${which} what SQL says.` : `${found} difference(s)`;
  if (isLoading(table)) {
    const note = `table ${table.name} is still being loaded, and what is missing may be on its way`;
    return `${found === 0 ? `${counted} But` : `${counted}, but`} ${note}: verify again when "hybridge status" shows it open.`;
  }
  if (found === 0) return counted;
  return result.repairs === undefined
    ? `${counted}; hybridge repair mends one, verify --repair all.`
    : `${counted}, ${found - leftIn(result)} repaired${listOf(result.repairs)}`;
}

/** Those that are not mended, by why. */
function listOf(repairs: RepairCounts): string {
  const others = Object.entries(repairs).filter(([outcome]) => !(MENDED as readonly string[]).includes(outcome));
  return others.length === 0 ? '.' : `; not repaired: ${others.map(([why, count]) => `${count} ${why}`).join(', ')}.`;
}

export function renderJson(result: VerifyResult, { values }: Style): string {
  const { comparisons, skipped, repairs, seconds, table } = result;
  const rate = rateOf(result);
  return toJson({
    clean: leftIn(result) === 0 && skipped.length === 0,
    ...(repairs === undefined ? {} : { repairs }),
    ...(skipped.length === 0 ? {} : { skipped }),
    table,
    seconds: Number(seconds.toFixed(3)),
    ...(rate === undefined ? {} : { keysPerSecond: rate }),
    views: comparisons.map(({ differences, ...comparison }) => ({
      ...comparison,
      differences: differences.map((difference) => ({
        class: difference.class,
        key: formatKeyParts(difference.keyParts),
        item: difference.key,
        attributes: differingAttributes(difference),
        ...(values ? { expected: difference.expected ?? null, actual: difference.actual ?? null } : {}),
      })),
    })),
  });
}

function rateOf({ comparisons, seconds, resumed }: VerifyResult): number | undefined {
  const compared = comparisons.reduce((sum, comparison) => sum + comparison.compared, 0);
  return resumed || seconds === 0 ? undefined : Math.round(compared / seconds);
}
