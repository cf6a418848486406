import { awaitCondition } from '../lab/await-condition.ts';
import type { Scenario } from '../lab/run-scenario.ts';
import type { FaultPlan } from '../proxy/choose-fault.ts';

const PLAN: FaultPlan = { failPercent: 10, partialPercent: 20, maxLatencyMs: 20 };
const OUTAGES: FaultPlan['outages'] = { everyMs: 5_000, lastMs: 1_500 };

/** Every way a call may fail; that it does in this run is awaited. */
const FAILURES = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'InternalServerError',
  'answer-lost',
  'never-sent',
];

/** Else the run proves little. */
const LEAST_FAILURES = 100;

/** DynamoDB fails until nothing is under way: the rest must be finished against it. */
export const throttled: Scenario = {
  name: 'throttled',
  title: 'DynamoDB throttles, fails, carries out parts of batches and loses answers, for every app',
  async act(lab, { more, rounds }) {
    const { proxy } = lab;
    const failed = (): number => FAILURES.reduce((sum, name) => sum + (proxy.counts.get(name) ?? 0), 0);
    proxy.disturb({ ...PLAN, outages: OUTAGES });
    try {
      await rounds(1, () => more(250));
      await awaitCondition('every failure', () => FAILURES.every((name) => proxy.counts.has(name)));
      await awaitCondition(`${LEAST_FAILURES} failed calls`, () => failed() >= LEAST_FAILURES);
      proxy.disturb(PLAN); // what a customer waits for may take a time-out of the queue for each outage it meets
      return {};
    } catch (error) {
      proxy.disturb(undefined);
      throw error;
    }
  },
  async settle({ proxy }) {
    proxy.disturb(undefined);
    return {
      calls: [...proxy.counts.values()].reduce((sum, count) => sum + count, 0),
      ...Object.fromEntries(proxy.counts),
    };
  },
};
