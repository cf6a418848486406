import { parseOptions } from './options.ts';
import { scenarioNames, scenarioOf } from './scenarios/scenarios.ts';

describe('options of a fault run', () => {
  it('have defaults and are read', () => {
    expect(parseOptions([])).toEqual({
      scenarios: ['kills'],
      seconds: 60,
      app: 'projector',
      kills: 50,
      rate: 40,
      seed: 1,
    });
    expect(parseOptions(['--app', 'writeback', '--kills', '3'])).toMatchObject({ app: 'writeback', kills: 3 });
    expect(parseOptions(['--scenario', 'throttled', '--seconds', '0'])).toMatchObject({
      scenarios: ['throttled'],
      seconds: 0,
    });
  });

  it('may name several scenarios', () => {
    expect(parseOptions(['--scenario', 'sqs,kills']).scenarios).toEqual(['sqs', 'kills']);
  });

  it('may ask for all scenarios, each of which there is', () => {
    const { scenarios } = parseOptions(['--scenario', 'all']);
    expect(scenarios).toEqual(scenarioNames);
    for (const name of scenarios) expect(scenarioOf(name, { app: 'projector', kills: 1 }).name).toBe(name);
  });

  it.each([
    [['--scenario', 'kills,flood'], /--scenario is "flood".*broker-restart.*all/],
    [['--app', 'inspector'], /--app is "inspector".*projector/],
    [['--kills', '0'], /--kills is "0".*1 to 1000/],
    [['--seconds', '-1'], /--seconds/],
    [['--rate', 'fast'], /--rate is "fast"/],
  ])('refuse %j, naming what is allowed', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
