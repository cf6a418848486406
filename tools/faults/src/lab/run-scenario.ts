import type { AcceptedChange, Random, Traffic, TrafficCounters } from '@hybridge/load';
import type { AppCrash } from '@hybridge/local-stack';
import { type Comparison, differencesIn, renderReport } from '@hybridge/verify';
import { awaitCondition } from './await-condition.ts';
import type { GroundName } from './grounds.ts';
import type { FaultLab } from './open-fault-lab.ts';
import { checkOutcomes } from './outcomes.ts';
import type { WritebackTransactions } from './sql-ledger.ts';

/** What a scenario did, for people: names and figures. */
export type Facts = Readonly<Record<string, number | string>>;

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Default `shop`. */
  readonly ground?: GroundName;
  /**
   * Breaks the loop while traffic runs.
   * @throws Error when the fault did not happen: then the run proves nothing
   */
  act(lab: FaultLab, run: ScenarioRun): Promise<Facts>;
  /** Ends what outlives `act`, or looks at what it left, once nothing is under way. @throws as `act` */
  settle?(lab: FaultLab): Promise<Facts>;
}

export interface ScenarioRun {
  readonly random: Random;
  /** Customer changes that were accepted beside those of the traffic: each must end once, too. */
  readonly accepted: AcceptedChange[];
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
  /** All accepted customer changes. */
  readonly accepted: readonly AcceptedChange[];
  readonly writeback: WritebackTransactions;
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
  const crashesBefore = lab.crashes.length;
  const ledgerBefore = await lab.ledger.position();
  const crashesSince = (): readonly string[] => lab.crashes.slice(crashesBefore).map(describeCrash);
  await using traffic = await lab.traffic({ ratePerSecond: options.rate, seed: options.seed });
  const run = runOf(traffic, options);
  const acted = await scenario.act(lab, run).catch((error: unknown) => {
    throw new Error([`Scenario ${scenario.name}: ${String(error)}`, ...crashesSince()].join('\n'), { cause: error });
  });
  const counters = await traffic.stop();
  await lab.drained();
  const facts = { ...acted, ...(await scenario.settle?.(lab)) };
  const accepted = [...counters.accepted, ...run.accepted];
  const outcomes = await checkOutcomes(lab, accepted, ledgerBefore);
  const writeback = await lab.ledger.writebackSince(ledgerBefore);
  const comparisons = await lab.compare();
  const problems = [
    ...crashesSince(),
    ...(lab.ground.hasCustomers && accepted.length === 0 ? ['no customer change was accepted'] : []),
    ...shorten(outcomes),
    ...problemsOfWriteback(writeback),
    ...problemsOfViews(comparisons),
  ];
  return { facts, traffic: counters, accepted, writeback, comparisons, problems };
}

const MOST_SENTENCES = 20;

const shorten = (sentences: readonly string[]): readonly string[] =>
  sentences.length <= MOST_SENTENCES
    ? sentences
    : [...sentences.slice(0, MOST_SENTENCES), `… and ${sentences.length - MOST_SENTENCES} more`];

const describeCrash = ({ app, code, signal, logTail }: AppCrash): string =>
  `${app} ended by itself (${code ?? signal}):\n${logTail}`;

function runOf(traffic: Traffic, { seconds, random }: ScenarioOptions): ScenarioRun {
  const done = (): number => Object.values(traffic.counters.done).reduce((sum, count) => sum + count, 0);
  const deadline = performance.now() + seconds * 1_000;
  return {
    random,
    accepted: [],
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

/** Everything the writeback does in SQL answers a customer: N changes cost at most N transactions, and one a re-signal. */
function problemsOfWriteback(counts: WritebackTransactions): readonly string[] {
  const { transactions, answers, resignals, withoutAnswer, altered } = counts;
  const problems: string[] = [];
  if (transactions > answers + resignals) problems.push(`the writeback needed ${JSON.stringify(counts)}`);
  if (withoutAnswer > 0) problems.push(`${withoutAnswer} transactions of the writeback answer no change`);
  if (altered > 0) problems.push(`${altered} answers of SQL were altered`);
  return problems;
}

function problemsOfViews(comparisons: readonly Comparison[]): readonly string[] {
  const problems: string[] = [];
  const left = comparisons.reduce(
    (sum, { counts }) => sum + counts.pending + counts.quarantined + counts['fan-out'],
    0,
  );
  if (left > 0) problems.push(`${left} items are pending, quarantined or to be told by a job after all is drained`);
  if (differencesIn(comparisons) > 0)
    problems.push(`the views differ from SQL:\n${renderReport(comparisons, { values: true })}`);
  return problems;
}
