import type { ChangeRecord } from '@hybridge/source-kafka';
import { median } from '../customers/statistics.ts';
import type { BareProjector } from './bare-projector.ts';
import { type Calls, NO_CALLS, sumOf } from './call-meter.ts';
import type { Case, Grounds } from './cases.ts';
import type { CaseFigures } from './figures.ts';

interface Round {
  readonly changes: number;
  readonly ours: Run;
  readonly beside: Run;
}

interface Run {
  readonly perSecond: number;
  readonly calls: Calls;
}

/**
 * Some rounds of one kind of change, each of which goes into the view and into one that embeds nothing, in turns.
 * @returns undefined where the view is too small
 */
export async function measureCase(
  one: Case,
  grounds: Grounds,
  { ours, beside }: { readonly ours: BareProjector; readonly beside: BareProjector },
  rounds: number,
): Promise<CaseFigures | undefined> {
  const measured: Round[] = [];
  for (let i = 0; i < rounds; i++) {
    const records = one.next(grounds);
    if (records === undefined) return undefined;
    measured.push(await measureRound(records, [ours, beside], i % 2 === 0));
  }
  const calls = (side: 'ours' | 'beside') => measured.map((round) => round[side].calls).reduce(sumOf, NO_CALLS);
  return {
    name: one.name,
    view: one.view,
    changes: measured.reduce((sum, { changes }) => sum + changes, 0),
    fanOut: one.fanOut,
    perSecond: median(measured.map((round) => round.ours.perSecond)),
    besidePerSecond: median(measured.map((round) => round.beside.perSecond)),
    ratio: median(measured.map((round) => round.ours.perSecond / round.beside.perSecond)),
    calls: calls('ours'),
    besideCalls: calls('beside'),
    expected: one.expected,
    least: one.least,
  };
}

async function measureRound(
  records: readonly ChangeRecord[],
  [ours, beside]: readonly [BareProjector, BareProjector],
  isFirst: boolean,
): Promise<Round> {
  const first = isFirst ? await measureRun(ours, records) : undefined;
  const other = await measureRun(beside, records);
  return { changes: records.length, ours: first ?? (await measureRun(ours, records)), beside: other };
}

async function measureRun(projector: BareProjector, records: readonly ChangeRecord[]): Promise<Run> {
  projector.calls();
  const seconds = await projector.run(records);
  return { perSecond: records.length / seconds, calls: projector.calls() };
}
