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
  const inShop = scenarios.filter(({ ground = 'shop' }) => ground === 'shop');
  it.each(inShop.map((scenario) => [scenario.title, scenario] as const))('%s', async (_, scenario) => {
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

it('would notice changes that SQL calls applied and never wrote', async () => {
  await lab.sql.query(`
    CREATE FUNCTION faults.write_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';
    CREATE TRIGGER faults_write_nothing BEFORE UPDATE ON public.customers FOR EACH ROW
      WHEN (current_setting('application_name') = 'hybridge-writeback') EXECUTE FUNCTION faults.write_nothing()`);
  const { problems } = await runScenario(
    lab,
    {
      name: 'write-nothing',
      title: 'the database throws away what the writeback writes',
      act: async (_, { more }) => (await more(40), {}),
    },
    { seconds: 0, rate: 40, seed: SEED, random },
  );
  await lab.sql.query('DROP FUNCTION faults.write_nothing CASCADE');
  expect(problems).toContainEqual(expect.stringMatching(/was applied, but SQL did not write ".*" to street of \d+/));
});
