import { createBudget } from './budget.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Whether a promise has resolved by now. */
function watched(promise: Promise<void>) {
  const seen = { resolved: false };
  void promise.then(() => (seen.resolved = true));
  return seen;
}

describe('a budget', () => {
  it('has room below its bound, also when the next may pass it', async () => {
    const budget = createBudget(10);
    budget.take(9);
    await budget.room();
    budget.take(50);
    expect(budget.used).toBe(59);
  });

  it('has none at its bound until enough was given back', async () => {
    const budget = createBudget(10);
    budget.take(12);
    const [one, other] = [watched(budget.room()), watched(budget.room())];
    budget.give(2);
    await settle();
    expect([one.resolved, other.resolved]).toEqual([false, false]);
    budget.give(1);
    await settle();
    expect([one.resolved, other.resolved]).toEqual([true, true]);
  });

  it('makes those wait again who ask after it filled up anew', async () => {
    const budget = createBudget(1);
    budget.take(1);
    const first = watched(budget.room());
    budget.give(1);
    budget.take(1);
    const second = watched(budget.room());
    await settle();
    expect([first.resolved, second.resolved]).toEqual([true, false]);
  });
});
