import type { Contender } from './contender.ts';
import { type RoundFigures, median, ratiosOf } from './statistics.ts';
import type { ComparedLine, Comparison } from './results.ts';

/** Rounds that count. */
export const ROUNDS = 11;

export interface Course {
  /** What the lines of the table have in common. */
  readonly setting: string;
  /** Calls of one contender in one round. */
  readonly calls: number;
  readonly concurrency: number;
  /** Default `ROUNDS`. */
  readonly rounds?: number;
  /** Rounds before them that do not count; default 1. */
  readonly warmUps?: number;
  readonly signal: AbortSignal;
}

/** Lets the contenders run in turns, A B A B …, and compares ours with each of the others round by round. */
export async function compareInTurns(contenders: readonly Contender[], course: Course): Promise<Comparison> {
  const { calls, concurrency, rounds = ROUNDS, warmUps = 1, signal } = course;
  const figures = new Map<Contender, RoundFigures[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < warmUps + rounds; round++) {
    for (const contender of contenders) {
      signal.throwIfAborted();
      const measured = await contender.run({ first: round * calls, calls, concurrency });
      figures.get(contender)?.push(measured);
    }
  }
  return { setting: course.setting, rounds, callsPerRound: calls, lines: linesOf(figures, warmUps) };
}

function linesOf(figures: ReadonlyMap<Contender, readonly RoundFigures[]>, warmUps: number): readonly ComparedLine[] {
  const counting = [...figures].map(([contender, all]) => ({ contender, all, rounds: all.slice(warmUps) }));
  const ours = counting.find(({ contender }) => contender.ours);
  return counting.map(({ contender, all, rounds }) => ({
    contender: contender.name,
    ours: contender.ours,
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    ...(contender.ours || ours === undefined ? {} : { oursToThis: ratiosOf(ours.rounds, rounds) }),
    faults: all.flatMap(({ faults }) => faults),
  }));
}
