import type { Scenario } from '../lab/run-scenario.ts';

/** Kafka goes down, politely and by force in turn, and comes back on the same data. */
export const brokerRestart: Scenario = {
  name: 'broker-restart',
  title: 'the Kafka broker is stopped, then killed, and started again on its data',
  async act(lab, { more, rounds }) {
    const { stack } = lab.loop;
    const downs = { stopped: 0, killed: 0 };
    let slowestRecoveryMs = 0;
    await more(20);
    await rounds(2, async (index) => {
      const before = stack.processIds().kafka;
      if (index % 2 === 0) await stack.stopComponent('kafka');
      else await stack.killComponent('kafka');
      downs[index % 2 === 0 ? 'stopped' : 'killed']++;
      await more(20); // SQL and customers go on without the broker
      await stack.startComponent('kafka');
      if (stack.processIds().kafka === before) throw new Error('The broker was not restarted.');
      slowestRecoveryMs = Math.max(slowestRecoveryMs, await lab.flows());
      await more(20);
    });
    return { ...downs, 'slowest recovery, ms': Math.round(slowestRecoveryMs) };
  },
};
