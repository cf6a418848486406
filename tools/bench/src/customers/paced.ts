import { setTimeout as delay } from 'node:timers/promises';
import type { Contender, Round } from './contender.ts';
import { type RoundFigures, figuresOf } from './statistics.ts';

/** How a contender makes changes whose end shows elsewhere. */
export interface Changes {
  /** Makes the `n`th change. */
  change(n: number): Promise<void>;
  /** When its end shows, `performance.now()`; undefined: not in time. Called before the change is made. */
  ended(n: number): Promise<number | undefined>;
  /** Told what the call of a change took, milliseconds. */
  readonly onCall?: (ms: number) => void;
  /** What is wrong once the round is over, one text for each. */
  faults(round: Round): Promise<readonly string[]>;
}

/** A contender whose changes begin at a steady rate, whatever those before have come to. */
export const pacedContender = (name: string, ours: boolean, perSecond: number, changes: Changes): Contender => ({
  name,
  ours,
  run: (round) => runPaced(round, perSecond, changes),
});

async function runPaced(
  round: Round,
  perSecond: number,
  { change, ended, onCall, faults }: Changes,
): Promise<RoundFigures> {
  const began = performance.now();
  const failed: string[] = [];
  const latency = async (n: number): Promise<number> => {
    const end = ended(n);
    const since = performance.now();
    try {
      await change(n);
      onCall?.(performance.now() - since);
      const at = await end;
      if (at !== undefined) return at - since;
      failed.push(`change ${n} did not show in time`);
    } catch (error) {
      failed.push(`change ${n}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return performance.now() - since;
  };
  const running: Promise<number>[] = [];
  for (let i = 0; i < round.calls; i++) {
    const due = began + (i * 1_000) / perSecond - performance.now();
    if (due > 0) await delay(due);
    running.push(latency(round.first + i));
  }
  const latenciesMs = await Promise.all(running);
  const seconds = (performance.now() - began) / 1_000;
  return figuresOf(latenciesMs, seconds, [...failed, ...(await faults(round))]);
}
