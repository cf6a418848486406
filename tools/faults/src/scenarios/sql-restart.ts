import { awaitCondition } from '../lab/await-condition.ts';
import type { FaultLab } from '../lab/open-fault-lab.ts';
import type { Scenario } from '../lab/run-scenario.ts';

/** PostgreSQL goes down, ending its sessions politely (fast) and at once (immediate, then crash recovery) in turn. */
export const sqlRestart: Scenario = {
  name: 'sql-restart',
  title: 'PostgreSQL is restarted, fast and immediate, and connector and apps go on by themselves',
  async act(lab, { more, rounds }) {
    const { stack } = lab.loop;
    const restarts = { fast: 0, immediate: 0 };
    let slowestRecoveryMs = 0;
    await lab.flows(); // the first load is over: every item is there
    await more(20);
    await rounds(2, async (index) => {
      const before = stack.processIds().postgres;
      if (index % 2 === 0) await stack.stopComponent('postgres');
      else await stack.killComponent('postgres', 'SIGQUIT');
      restarts[index % 2 === 0 ? 'fast' : 'immediate']++;
      await readersAreServed(lab);
      await stack.startComponent('postgres');
      if (stack.processIds().postgres === before) throw new Error('PostgreSQL was not restarted.');
      slowestRecoveryMs = Math.max(slowestRecoveryMs, await lab.flows());
      await more(40);
    });
    return { ...restarts, 'slowest recovery, ms': Math.round(slowestRecoveryMs) };
  },
};

/** Items that are there need no SQL. */
async function readersAreServed({ loop }: FaultLab): Promise<void> {
  await awaitCondition('a product read without SQL', async () => {
    const response = await fetch(`${loop.apps.apiUrl}/views/products/1`);
    return response.status === 200 && response.headers.get('x-hybridge-source') === 'item';
  });
}
