import { type AttributeValue, sameValue } from '@hybridge/protocol';
import { ComparisonClass, DIFFERENCES } from './classify.ts';
import type { Comparison, Difference } from './compare.ts';

/** Differences over all views: 0 means that the views say what SQL says. */
export const differencesIn = (comparisons: readonly Comparison[]): number =>
  comparisons.reduce((sum, { counts }) => sum + DIFFERENCES.reduce((all, name) => all + counts[name], 0), 0);

/** A table for people: one line a view, then each difference kept. */
export function renderReport(comparisons: readonly Comparison[]): string {
  const classes = Object.values(ComparisonClass);
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
  const details = comparisons.flatMap(({ differences }) => differences.flatMap(describe));
  return [...table, ...details].join('\n');
}

const MAX_SHOWN = 200;

/** Class and key; for a stale item also each attribute that differs. */
function describe({ class: found, key, expected, actual }: Difference): readonly string[] {
  const names = Object.keys({ ...expected, ...actual }).filter((name) => !sameValue(expected?.[name], actual?.[name]));
  return [
    `${found} ${key.pk} ${key.sk}`,
    ...(found === ComparisonClass.stale
      ? names.map((name) => `  ${name}: SQL ${show(expected?.[name])}, item ${show(actual?.[name])}`)
      : []),
  ];
}

function show(value: AttributeValue | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, MAX_SHOWN);
}
