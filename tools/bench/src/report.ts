import { cpus, totalmem } from 'node:os';
import type { Latency, Rate } from './loop-figures.ts';

export interface Figures {
  readonly rows: number;
  /** Measured before and after. */
  readonly ceiling: readonly [number, number];
  readonly firstLoad: Rate;
  readonly steady: Rate;
  readonly latency: Latency;
}

/** A Markdown table with the ratios to the ceiling of the same run. */
export function formatFigures({ ceiling, firstLoad, steady, latency }: Figures): string {
  const mean = (ceiling[0] + ceiling[1]) / 2;
  const rate = (perSecond: number): string => Math.round(perSecond).toLocaleString('en-US');
  const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`,
    '',
    row('figure', 'value', 'to the ceiling'),
    row('---', '---:', '---:'),
    row(
      'ceiling: conditional `UpdateItem`, 32 in flight, before / after',
      `${rate(ceiling[0])} / ${rate(ceiling[1])} items/s`,
      '1',
    ),
    row(
      `first load, ${firstLoad.count.toLocaleString('en-US')} rows`,
      `${rate(firstLoad.perSecond)} rows/s`,
      (firstLoad.perSecond / mean).toFixed(2),
    ),
    row(
      `steady, ${steady.count.toLocaleString('en-US')} changes`,
      `${rate(steady.perSecond)} changes/s`,
      (steady.perSecond / mean).toFixed(2),
    ),
    row(
      `commit → item at ${rate(latency.perSecond)} changes/s, p50 / p99`,
      `${latency.p50Ms.toFixed(0)} / ${latency.p99Ms.toFixed(0)} ms`,
      '',
    ),
  ].join('\n');
}
