import type { AppName } from '@hybridge/local-stack';
import type { Scenario } from '../lab/run-scenario.ts';
import { killRepeatedly } from '../kill-repeatedly.ts';

export interface KillOptions {
  readonly app: AppName;
  readonly kills: number;
  readonly onKill?: (count: number) => void;
}

/** An app is killed with SIGKILL at random moments and started again, again and again. */
export const kills = ({ app, kills: count, onKill = () => undefined }: KillOptions): Scenario => ({
  name: 'kills',
  title: `${app} is killed ${count} times and started again`,
  async act(lab, { random }) {
    await killRepeatedly(lab.loop, { app, kills: count, random, onKill });
    return { kills: count };
  },
});
