import { AppName } from '@hybridge/local-stack';
import type { FaultLab } from '../lab/open-fault-lab.ts';
import type { Scenario } from '../lab/run-scenario.ts';
import { shareAndFreeze } from './rebalances.ts';

/** Else the run proves little. */
const LEAST_MOVES = 60;

/** Rows move back and forth between a few places, while two projectors take them from each other and one is a zombie. */
export const moves: Scenario = {
  name: 'moves',
  title: 'orders move between customers while projectors come, go, are killed, and one wakes up as a zombie',
  ground: 'joins',
  async act(lab, run) {
    const before = await lab.ledger.position();
    lab.ground.joined?.only('orders', 'customers');
    try {
      const shared = await shareAndFreeze(lab, run, async () => {
        await lab.loop.apps.kill(AppName.projector);
        await run.more(15);
        await lab.loop.apps.start(AppName.projector);
      });
      await run.more(20);
      const moved = await movesSince(lab, before);
      if (moved < LEAST_MOVES) throw new Error(`Only ${moved} orders moved.`);
      return { ...shared, 'orders moved': moved };
    } finally {
      lab.ground.joined?.only();
    }
  },
};

async function movesSince({ ledger }: FaultLab, position: number): Promise<number> {
  const writes = await ledger.writesSince(position, 'orders');
  return writes.filter(({ field }) => field === 'customer_id').length;
}
