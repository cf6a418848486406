import { type FaultLab, openFaultLab, runScenario, scenarios } from '@hybridge/faults';
import { createRandom } from '@hybridge/load';

const SEED = 6;
/** The others take longer: `npm run faults -- --scenario moves,reorder`. */
const SHORT: readonly string[] = ['fan-out-kills', 'rename-during-rebuild'];

let lab: FaultLab;
const random = createRandom(SEED);

beforeAll(async () => {
  lab = await openFaultLab({ ground: 'joins', random });
});

afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
});

describe('views that embed rows and move, broken under traffic, end as SQL says', () => {
  const chosen = scenarios.filter(({ name }) => SHORT.includes(name));
  it.each(chosen.map((scenario) => [scenario.title, scenario] as const))('%s', async (_, scenario) => {
    const { facts, problems, comparisons } = await runScenario(lab, scenario, {
      seconds: 0,
      rate: 15, // two projectors follow it on a small machine
      seed: SEED,
      random,
    });
    expect(problems).toEqual([]);
    expect(comparisons.reduce((sum, { counts }) => sum + counts.matched, 0)).toBeGreaterThan(1_000);
    process.stdout.write(`  ${scenario.name}: ${JSON.stringify(facts)}\n`);
  });
});
