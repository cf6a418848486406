import { awaitCondition } from '../lab/await-condition.ts';
import type { Scenario } from '../lab/run-scenario.ts';
import type { FaultPlan } from '../proxy/choose-fault.ts';

const PLAN: FaultPlan = { failPercent: 15, partialPercent: 30, maxLatencyMs: 20 };
const OUTAGES: FaultPlan['outages'] = { everyMs: 4_000, lastMs: 1_500 };

/** Every way a call may fail; that it does in this run is awaited. */
const FAILURES = ['ThrottlingException', 'InternalException', 'answer-lost', 'never-sent', 'partial'];
const LEAST_FAILURES = 60;

/** EventBridge fails until nothing is under way: the rest must be finished against it. */
export const eventBus: Scenario = {
  name: 'eventbridge',
  title: 'EventBridge throttles, fails, refuses single entries and loses answers',
  async act({ aws: { bus } }, { more, rounds }) {
    const failed = (): number => FAILURES.reduce((sum, name) => sum + (bus.counts.get(name) ?? 0), 0);
    bus.disturb({ ...PLAN, outages: OUTAGES });
    try {
      await rounds(1, () => more(150));
      await awaitCondition('every failure', () => FAILURES.every((name) => bus.counts.has(name)));
      await awaitCondition(`${LEAST_FAILURES} failed calls`, () => failed() >= LEAST_FAILURES);
      bus.disturb(PLAN);
      return {};
    } catch (error) {
      bus.disturb(undefined);
      throw error;
    }
  },
  async settle({ aws: { bus } }) {
    bus.disturb(undefined);
    const calls = [...bus.counts.values()].reduce((sum, count) => sum + count, 0);
    return { 'calls of PutEvents': calls, ...Object.fromEntries(bus.counts) };
  },
};
