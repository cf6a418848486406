import { AppName } from '@hybridge/local-stack';
import { killRepeatedly } from '../kill-repeatedly.ts';
import type { Scenario } from '../lab/run-scenario.ts';

/** The way of a customer's change, up to SQL's answer. */
const APPS: readonly AppName[] = [AppName.viewApi, AppName.streamPipe, AppName.writeback];

const KILLS_A_ROUND = 2;

/** Three apps are killed with SIGKILL, each at its own moments. What a dead view-api did not answer is asked again. */
export const customerKills: Scenario = {
  name: 'kills-customers',
  title: 'view-api, pipe and writeback are killed at random moments, and customers repeat what was not answered',
  async act(lab, { random, more, rounds }) {
    const kills = Object.fromEntries(APPS.map((app) => [app, 0]));
    const killEach = (app: AppName): Promise<void> =>
      killRepeatedly(lab.loop, {
        app,
        kills: KILLS_A_ROUND,
        random,
        onKill: () => {
          kills[app] = (kills[app] ?? 0) + 1;
        },
      });
    await rounds(1, async () => {
      await Promise.all(APPS.map(killEach));
    });
    await more(20);
    return kills;
  },
};
