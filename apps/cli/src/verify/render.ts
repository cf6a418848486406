import { type Comparison, differencesIn, differingAttributes, formatKeyParts, renderReport } from '@hybridge/verify';
import { toJson } from '../terminal.ts';

export interface VerifyResult {
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
  const found = differencesIn(comparisons);
  const rate = rateOf(result);
  const pace = rate === undefined ? '' : `, ${rate} keys/s`;
  const verdict = found === 0 ? 'The views say what SQL says.' : `${found} difference(s); hybridge repair mends one.`;
  return `${renderReport(comparisons, { values })}\n${verdict} (${seconds.toFixed(1)} s${pace})`;
}

export function renderJson(result: VerifyResult, { values }: Style): string {
  const { comparisons, seconds } = result;
  const rate = rateOf(result);
  return toJson({
    clean: differencesIn(comparisons) === 0,
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
