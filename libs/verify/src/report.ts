import { type AttributeValue, sameValue } from '@hybridge/protocol';
import { ComparisonClass, DIFFERENCES } from './classify.ts';
import type { Comparison, Difference } from './comparison.ts';

export interface ReportOptions {
  /** Whether to show both values of an attribute that differs; default false: they may be personal data. */
  readonly values?: boolean;
}

/** Differences over all views: 0 means that the views say what SQL says. */
export const differencesIn = (comparisons: readonly Comparison[]): number =>
  comparisons.reduce((sum, { counts }) => sum + DIFFERENCES.reduce((all, name) => all + counts[name], 0), 0);

/** Names of the attributes in which item and row differ; empty where one of them is not there. */
export function differingAttributes({ expected, actual }: Difference): readonly string[] {
  if (expected === undefined || actual === undefined) return [];
  return Object.keys({ ...expected, ...actual }).filter((name) => !sameValue(expected[name], actual[name]));
}

/** Shown where there are any: most views embed nothing. */
const OF_JOINS: readonly ComparisonClass[] = [
  ComparisonClass.fanOut,
  ComparisonClass.fragmentStale,
  ComparisonClass.referenceMissing,
  ComparisonClass.placementOrphan,
  ComparisonClass.anchorStale,
];

/** A table for people: one line a view, then each difference kept, by view and key. */
export function renderReport(comparisons: readonly Comparison[], options: ReportOptions = {}): string {
  const classes = Object.values(ComparisonClass).filter(
    (name) => !OF_JOINS.includes(name) || comparisons.some(({ counts }) => counts[name] > 0),
  );
  const lines = [
    ['view', 'compared', ...classes],
    ...comparisons.map(({ view, compared, counts }) => [
      view,
      String(compared),
      ...classes.map((name) => String(counts[name])),
    ]),
  ];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const align = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  const table = lines.map((line) => line.map(align).join('  '));
  const details = comparisons.flatMap(({ view, differences }) =>
    differences.flatMap((difference) => describe(view, difference, options)),
  );
  return [...table, ...details].join('\n');
}

const MAX_SHOWN = 200;

/** Class, view and key; where item and row are there, also each attribute that differs. */
function describe(view: string, difference: Difference, { values = false }: ReportOptions): readonly string[] {
  const { class: found, keyParts, expected, actual } = difference;
  const [right, held] = OF_JOINS.includes(found) ? ['should be', 'is'] : ['SQL', 'item'];
  const show = (name: string): string =>
    values ? `  ${name}: ${right} ${shown(expected?.[name])}, ${held} ${shown(actual?.[name])}` : `  ${name}`;
  return [`${found} ${view} ${formatKeyParts(keyParts)}`, ...differingAttributes(difference).map(show)];
}

/** A key as the API and the command line take it: the parts percent-encoded, joined with commas. */
export const formatKeyParts = (parts: readonly string[]): string => parts.map(encodeURIComponent).join(',');

function shown(value: AttributeValue | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, MAX_SHOWN);
}
