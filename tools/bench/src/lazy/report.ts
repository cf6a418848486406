import type { Cost } from './capacity-meter.ts';
import type { LazyReport, LazyRow } from './measure-lazy.ts';

const HEADINGS = ['change of a key', 'item', 'eager view', 'lazy: image first', 'lazy: guess', 'lazy: batched read'];

/** A Markdown table: write units, read units (`R`) where there are any, and calls, per change. */
export function formatLazy({ rows }: LazyReport): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(HEADINGS), line(['---', '---:', '---:', '---:', '---:', '---:']), ...rows.map(cellsOf).map(line)].join(
    '\n',
  );
}

const cellsOf = ({ situation, bytes, costs: { eager, image, guess, read } }: LazyRow): string[] => [
  situation,
  `${(bytes / 1000).toFixed(1)} KB`,
  ...[eager, image, guess, read].map(cellOf),
];

function cellOf({ writeUnits, readUnits, calls }: Cost): string {
  const reads = readUnits === 0 ? '' : ` + ${rounded(readUnits)} R`;
  return `${rounded(writeUnits)} W${reads} (${rounded(calls)})`;
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100);
