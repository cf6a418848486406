import type { Scenario } from '../lab/run-scenario.ts';
import { brokerRestart } from './broker-restart.ts';
import { commitCut } from './commit-cut.ts';
import { concurrent } from './concurrent.ts';
import { connectReplay } from './connect-replay.ts';
import { customerKills } from './customer-kills.ts';
import { duplicates } from './duplicates.ts';
import { eventBus } from './event-bus.ts';
import { fanOutKills } from './fan-out-kills.ts';
import { type KillOptions, kills } from './kills.ts';
import { moves } from './moves.ts';
import { poison } from './poison.ts';
import { queueCopies } from './queue-copies.ts';
import { rebalances } from './rebalances.ts';
import { rebuild } from './rebuild.ts';
import { reorder } from './reorder.ts';
import { sqlRestart } from './sql-restart.ts';
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
  customerKills,
  queueCopies,
  eventBus,
  commitCut,
  sqlRestart,
  concurrent,
  // The last in the shop: what it leaves in the topics would halt a replay.
  poison,
  fanOutKills,
  moves,
  reorder,
  rebuild,
];

const KILLS = 'kills';

export const scenarioNames: readonly string[] = [...scenarios.map(({ name }) => name), KILLS];

/** @throws Error when there is none of this name */
export function scenarioOf(name: string, options: KillOptions): Scenario {
  const found = name === KILLS ? kills(options) : scenarios.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new Error(`There is no scenario "${name}"; there are ${scenarioNames.join(', ')}.`);
}
