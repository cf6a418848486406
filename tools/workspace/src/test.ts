/**
 * `npm test`: every check of the repository, side by side where that is safe, and an honest count at the end.
 *
 *   npm test -- --lane unit,integration    only these lanes
 *   npm test -- --filter projector         only spec files whose path matches
 *
 * The last line is always `N passed, N failed`. Exit code: 0 when nothing failed, 1 when something did, 2 for wrong
 * options, 130 or 143 when interrupted.
 */
import { parseArgs } from 'node:util';
import { laneNames, type Lane, selectLanes, tracksOf } from './lanes.ts';
import { endRunningCommands } from './run-command.ts';
import { formatSummary, type LaneResult, totalOf } from './summary.ts';

const interruptExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

const options = readOptions();
let interruptedBy: keyof typeof interruptExitCodes | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt(signal));

const lanes = selectLanes(options);
const results: LaneResult[] = [];
for (const track of tracksOf(lanes)) {
  await Promise.all(track.map(runInTurn));
}
finish();

async function runInTurn(sequence: readonly Lane[]): Promise<void> {
  for (const lane of sequence) {
    if (interruptedBy !== undefined) return;
    const result = await lane.run();
    results.push(result);
  }
}

function finish(): void {
  const inOrder = lanes.flatMap((lane) => results.filter((result) => result.lane === lane.name));
  const missing = lanes.length - inOrder.length;
  const { passed, failed } = totalOf(inOrder);
  console.log(`\n${formatSummary(inOrder)}\n`);
  if (missing > 0) console.log(`Interrupted: ${missing} of ${lanes.length} lanes did not run.\n`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = interruptedBy ? interruptExitCodes[interruptedBy] : failed > 0 ? 1 : 0;
}

function interrupt(signal: keyof typeof interruptExitCodes): void {
  interruptedBy = signal;
  endRunningCommands(signal);
}

function readOptions(): { readonly lanes: readonly string[]; readonly filter?: string } {
  try {
    const { values } = parseArgs({ options: { lane: { type: 'string', multiple: true }, filter: { type: 'string' } } });
    const names = (values.lane ?? []).flatMap((list) => list.split(',')).map((name) => name.trim());
    const unknown = names.filter((name) => !laneNames.includes(name));
    if (unknown.length > 0) throw new Error(`Unknown lane ${unknown.join(', ')}. Lanes: ${laneNames.join(', ')}.`);
    return { lanes: names, ...(values.filter === undefined ? {} : { filter: values.filter }) };
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}
