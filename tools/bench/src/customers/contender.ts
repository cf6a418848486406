import { type RoundFigures, figuresOf } from './statistics.ts';

/** One of those that answer the same questions in turns. */
export interface Contender {
  readonly name: string;
  /** What makes the bench fail when it answers wrongly. */
  readonly ours: boolean;
  run(round: Round): Promise<RoundFigures>;
}

export interface Round {
  /** Number of the first call: they count on over all rounds of a contender. */
  readonly first: number;
  readonly calls: number;
  /** Calls in flight. */
  readonly concurrency: number;
}

/** How a contender answers one question. */
export interface Calls<Answer> {
  /** The call that is timed. */
  call(n: number): Promise<Answer>;
  /** What is wrong with an answer, undefined when nothing is. Asked after the round. */
  faultOf(n: number, answer: Answer): string | undefined;
}

/** A contender whose calls follow each other as fast as the calls in flight allow. An error counts as a wrong answer. */
export const contenderOf = <Answer>(name: string, ours: boolean, calls: Calls<Answer>): Contender => ({
  name,
  ours,
  run: (round) => runCalls(round, calls),
});

async function runCalls<Answer>(round: Round, { call, faultOf }: Calls<Answer>): Promise<RoundFigures> {
  const latenciesMs: number[] = [];
  const looks: (() => string | undefined)[] = [];
  let next = round.first;
  const end = round.first + round.calls;
  const lane = async (): Promise<void> => {
    while (next < end) {
      const n = next++;
      const began = performance.now();
      try {
        const answer = await call(n);
        latenciesMs.push(performance.now() - began);
        looks.push(() => faultOf(n, answer));
      } catch (error) {
        latenciesMs.push(performance.now() - began);
        looks.push(() => `call ${n}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: round.concurrency }, lane));
  const seconds = (performance.now() - began) / 1000;
  return figuresOf(
    latenciesMs,
    seconds,
    looks.flatMap((look) => look() ?? []),
  );
}
