import { AppName, type Apps } from '@hybridge/local-stack';
import { type GroupWatch, watchGroup } from '../lab/group-watch.ts';
import { type FaultLab, GROUP_ID } from '../lab/open-fault-lab.ts';
import type { Facts, Scenario, ScenarioRun } from '../lab/run-scenario.ts';
import { secondProjector } from '../lab/second-projector.ts';

const LEAST_REBALANCES = 6;

/**
 * A second projector comes, goes, is killed and comes back; the first is frozen until the group has given it up, then
 * goes on with what it was doing.
 */
export const rebalances: Scenario = {
  name: 'rebalances',
  title: 'two projectors share the topics; one comes and goes, the other freezes and wakes up as a zombie',
  act: (lab, run) => shareAndFreeze(lab, run),
};

/** @param between what else happens in each round, while the first projector is the only one */
export async function shareAndFreeze(
  lab: FaultLab,
  run: ScenarioRun,
  between: () => Promise<void> = async () => undefined,
): Promise<Facts> {
  await using second = await secondProjector(lab);
  await using group = watchGroup(lab, GROUP_ID);
  const parts: Parts = { lab, second, group, run };
  await group.settledWith(1);
  const kills = { politely: 0, 'by force': 0, zombies: 0 };
  await run.rounds(1, async () => {
    await comeAndGo(parts);
    await comeAndGo(parts);
    kills.politely += 2;
    await between();
    await second.start(AppName.projector);
    await group.settledWith(2);
    await freezeFirst(parts);
    kills.zombies++;
    await run.more(15);
    await second.kill(AppName.projector);
    kills['by force']++;
    await group.settledWith(1);
  });
  if (group.rebalances < LEAST_REBALANCES) throw new Error(`The group was rebalanced only ${group.rebalances} times.`);
  return { rebalances: group.rebalances, ...kills };
}

interface Parts {
  readonly lab: FaultLab;
  readonly second: Apps;
  readonly group: GroupWatch;
  readonly run: ScenarioRun;
}

async function comeAndGo({ second, group, run }: Parts): Promise<void> {
  await second.start(AppName.projector);
  await group.settledWith(2);
  await run.more(15);
  await second.stop();
  await group.settledWith(1);
}

/** Frozen longer than its session lasts, so that the other takes its partitions over; its writes are still in its hands. */
async function freezeFirst({ lab, group, run }: Parts): Promise<void> {
  const { apps } = lab.loop;
  await apps.kill(AppName.projector, 'SIGSTOP');
  try {
    await group.settledWith(1);
    await run.more(20);
  } finally {
    await apps.kill(AppName.projector, 'SIGCONT');
  }
  await group.settledWith(2);
}
