import { type Random, type Traffic, type TrafficCounters, createTraffic } from '@hybridge/load';
import type { AppCrash } from '@hybridge/local-stack';
import { type Comparison, differencesIn, renderReport } from '@hybridge/verify';
import { awaitCondition } from './await-condition.ts';
import type { FaultLab } from './open-fault-lab.ts';

/** What a scenario did, for people: names and figures. */
export type Facts = Readonly<Record<string, number | string>>;

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /**
   * Breaks the loop while traffic runs.
   * @throws Error when the fault did not happen: then the run proves nothing
   */
  act(lab: FaultLab, run: ScenarioRun): Promise<Facts>;
  /** Ends what outlives `act`, once nothing is under way. */
  settle?(lab: FaultLab): Promise<Facts>;
}

export interface ScenarioRun {
  readonly random: Random;
  /** Resolves when traffic has done so many more actions. */
  more(actions: number): Promise<void>;
  /** Repeats a round at least so often, and until the time asked for is over. @returns how often */
  rounds(least: number, round: (index: number) => Promise<void>): Promise<number>;
}

export interface ScenarioOptions {
  /** How long rounds are repeated, seconds; 0: as few as the scenario needs. */
  readonly seconds: number;
  /** Changes a second meanwhile. */
  readonly rate: number;
  readonly seed: number;
  readonly random: Random;
}

export interface ScenarioResult {
  readonly facts: Facts;
  readonly traffic: TrafficCounters;
  /** Accepted customer changes that SQL never answered. */
  readonly unanswered: number;
  readonly comparisons: readonly Comparison[];
  /** What is wrong; empty when all is well. */
  readonly problems: readonly string[];
}

/** Breaks the loop under traffic, waits until nothing is under way, then holds every item against its row. */
export async function runScenario(
  lab: FaultLab,
  scenario: Scenario,
  options: ScenarioOptions,
): Promise<ScenarioResult> {
  const { rate, seed } = options;
  const crashesBefore = lab.crashes.length;
  const crashesSince = (): readonly string[] => lab.crashes.slice(crashesBefore).map(describeCrash);
  await using traffic = await createTraffic({
    sqlUrl: lab.loop.provisioned.sql.adminUrl,
    apiUrl: lab.loop.apps.apiUrl,
    ratePerSecond: rate,
    customerPercent: 25,
    seed,
  });
  const acted = await scenario.act(lab, runOf(traffic, options)).catch((error: unknown) => {
    throw new Error([`Scenario ${scenario.name}: ${String(error)}`, ...crashesSince()].join('\n'), { cause: error });
  });
  const counters = await traffic.stop();
  await lab.drained();
  const facts = { ...acted, ...(await scenario.settle?.(lab)) };
  const unanswered = await withoutAnswer(lab, counters);
  const comparisons = await lab.compare();
  const problems = [...crashesSince(), ...problemsOf(counters, unanswered, comparisons)];
  return { facts, traffic: counters, unanswered, comparisons, problems };
}

const describeCrash = ({ app, code, signal, logTail }: AppCrash): string =>
  `${app} ended by itself (${code ?? signal}):\n${logTail}`;

function runOf(traffic: Traffic, { seconds, random }: ScenarioOptions): ScenarioRun {
  const done = (): number => Object.values(traffic.counters.done).reduce((sum, count) => sum + count, 0);
  const deadline = performance.now() + seconds * 1_000;
  return {
    random,
    more(actions) {
      const target = done() + actions;
      return awaitCondition(`${actions} more actions`, () => done() >= target);
    },
    async rounds(least, round) {
      let count = 0;
      while (count < least || performance.now() < deadline) await round(count++);
      return count;
    },
  };
}

/** The primary key of the inbox lets no change have two answers; none must have no answer. */
async function withoutAnswer({ sql }: FaultLab, { accepted }: TrafficCounters): Promise<number> {
  const { rows } = await sql.query<{ answered: string }>(
    'SELECT count(*) AS answered FROM public.hybridge_inbox WHERE change_id = ANY($1)',
    [accepted.map(({ changeId }) => changeId)],
  );
  return accepted.length - Number(rows[0]?.answered);
}

function problemsOf(
  { accepted }: TrafficCounters,
  unanswered: number,
  comparisons: readonly Comparison[],
): readonly string[] {
  const problems: string[] = [];
  if (accepted.length === 0) problems.push('no customer change was accepted');
  if (unanswered > 0) problems.push(`${unanswered} accepted changes have no answer`);
  const left = comparisons.reduce((sum, { counts }) => sum + counts.pending + counts.quarantined, 0);
  if (left > 0) problems.push(`${left} items are pending or quarantined after all is drained`);
  if (differencesIn(comparisons) > 0)
    problems.push(`the views differ from SQL:\n${renderReport(comparisons, { values: true })}`);
  return problems;
}
