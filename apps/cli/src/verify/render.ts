import { type Comparison, differencesIn, differingAttributes, formatKeyParts, renderReport } from '@hybridge/verify';
import { type TableStatus, isLoading } from '../table-status.ts';
import { toJson } from '../terminal.ts';

export interface VerifyResult {
  /** When the comparison ended. */
  readonly table: TableStatus;
  readonly comparisons: readonly Comparison[];
  readonly seconds: number;
  /** Whether an earlier run did part of the work; then no rate is given. */
  readonly resumed: boolean;
}

interface Style {
  readonly values: boolean;
}

export function renderText(result: VerifyResult, { values }: Style): string {
  const { comparisons, seconds } = result;
  const rate = rateOf(result);
  const pace = rate === undefined ? '' : `, ${rate} keys/s`;
  return `${renderReport(comparisons, { values })}\n${verdictOf(result)} (${seconds.toFixed(1)} s${pace})`;
}

function verdictOf({ comparisons, table }: VerifyResult): string {
  const found = differencesIn(comparisons);
  const counted = found === 0 ? 'The views say what SQL says.' : `${found} difference(s)`;
  if (isLoading(table)) {
    const note = `table ${table.name} is still being loaded, and what is missing may be on its way`;
    return `${found === 0 ? `${counted} But` : `${counted}, but`} ${note}: verify again when "hybridge status" shows it open.`;
  }
  return found === 0 ? counted : `${counted}; hybridge repair mends one.`;
}

export function renderJson(result: VerifyResult, { values }: Style): string {
  const { comparisons, seconds, table } = result;
  const rate = rateOf(result);
  return toJson({
    clean: differencesIn(comparisons) === 0,
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
