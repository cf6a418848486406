import { type FaultLab, openFaultLab, runScenario, scenarios } from '@hybridge/faults';
import { createRandom } from '@hybridge/load';

/** Few rows: a comparison stays quick. */
const SIZE = { customers: 60, products: 50, orders: 120 } as const;
const SEED = 4;

let lab: FaultLab;
const random = createRandom(SEED);

beforeAll(async () => {
  lab = await openFaultLab({ demo: SIZE, random });
});

afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
});

/** The long form of each: `npm run faults -- --scenario NAME --seconds 600`. */
describe('the loop, broken under traffic, ends with every item as its row says', () => {
  it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))('%s', async (_, scenario) => {
    const { facts, problems, comparisons } = await runScenario(lab, scenario, {
      seconds: 0,
      rate: 40,
      seed: SEED,
      random,
    });
    expect(problems).toEqual([]);
    expect(comparisons.reduce((sum, { counts }) => sum + counts.matched, 0)).toBeGreaterThan(200);
    process.stdout.write(`  ${scenario.name}: ${JSON.stringify(facts)}\n`);
  });
});
