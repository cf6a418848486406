/**
 * The lanes of `npm test`: what each one runs and which may run side by side.
 */
import { availableParallelism } from 'node:os';
import { runCheck } from './check-lane.ts';
import { runJestLane } from './jest-lane.ts';
import type { LaneResult } from './summary.ts';

export interface Lane {
  readonly name: string;
  readonly run: () => Promise<LaneResult>;
}

export interface LaneSelection {
  /** Names of the lanes to run; empty means all. */
  readonly lanes: readonly string[];
  /** A regular expression on the path of spec files. */
  readonly filter?: string;
}

/** The static checks and their commands, as arguments of Node. */
const checks: Readonly<Record<string, readonly string[]>> = {
  sync: ['node_modules/nx/dist/bin/nx.js', 'sync:check'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '--cache', '.'],
  lint: ['node_modules/eslint/bin/eslint.js', '--config', 'tools/workspace/eslint.config.mjs', '.'],
  typecheck: ['node_modules/@typescript/native/bin/tsc', '--build', 'tsconfig.json'],
};

/** Fetches what the tests on real parts need, so that no test's time limit has to pay for it. */
const installStack = [...process.execArgv, 'tools/local-stack/src/main.ts', 'install'];

export const laneNames: readonly string[] = [...Object.keys(checks), 'unit', 'install', 'integration', 'e2e'];

/** The selected lanes in the order of the report. */
export function selectLanes({ lanes, filter }: LaneSelection): readonly Lane[] {
  return laneNames
    .filter((name) => lanes.length === 0 || lanes.includes(name))
    .map((name) => ({ name, run: () => runLane(name, filter) }));
}

/**
 * What may run side by side, in steps: a step is a list of sequences that share the machine. The static checks and the
 * unit tests use no services, so they fill two cores while the stack's parts are fetched. Integration and end-to-end
 * tests wait more than they compute, and every spec file has parts and ports of its own; on one core they would run
 * into each other's time limits.
 */
export function tracksOf(lanes: readonly Lane[]): readonly (readonly (readonly Lane[])[])[] {
  const named = (...names: string[]) => lanes.filter((lane) => names.includes(lane.name));
  const beside = [named('sync', 'format', 'lint'), named('typecheck', 'unit'), named('install')];
  const onStack = [named('integration'), named('e2e')];
  return [beside, ...(availableParallelism() > 1 ? [onStack] : onStack.map((sequence) => [sequence]))];
}

function runLane(name: string, filter: string | undefined): Promise<LaneResult> {
  const check = name === 'install' ? installStack : checks[name];
  return check ? runCheck(name, check) : runJestLane(name, filter);
}
