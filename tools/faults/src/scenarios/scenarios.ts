import type { Scenario } from '../lab/run-scenario.ts';
import { brokerRestart } from './broker-restart.ts';
import { connectReplay } from './connect-replay.ts';
import { duplicates } from './duplicates.ts';
import { type KillOptions, kills } from './kills.ts';
import { poison } from './poison.ts';
import { rebalances } from './rebalances.ts';
import { throttled } from './throttled.ts';
import { topicReplay } from './topic-replay.ts';

/** Those that need no options, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  duplicates,
  throttled,
  topicReplay,
  rebalances,
  connectReplay,
  brokerRestart,
  // Last: what it leaves in the topics would halt a replay.
  poison,
];

const KILLS = 'kills';

export const scenarioNames: readonly string[] = [...scenarios.map(({ name }) => name), KILLS];

/** @throws Error when there is none of this name */
export function scenarioOf(name: string, options: KillOptions): Scenario {
  const found = name === KILLS ? kills(options) : scenarios.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new Error(`There is no scenario "${name}"; there are ${scenarioNames.join(', ')}.`);
}
