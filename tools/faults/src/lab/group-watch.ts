import { pause } from '@hybridge/runtime';
import { awaitCondition } from './await-condition.ts';
import type { FaultLab } from './open-fault-lab.ts';

export interface GroupWatch extends AsyncDisposable {
  /** Times the settled group was seen with other members than before: at least so often it was rebalanced. */
  readonly rebalances: number;
  /** Resolves when the group has settled with so many members. */
  settledWith(members: number): Promise<void>;
}

const PAUSE_MS = 100;

/** Looks at the members of a consumer group, again and again. */
export function watchGroup({ withAdmin }: FaultLab, groupId: string): GroupWatch {
  let members: readonly string[] = [];
  let changes = -1; // the first look is no change
  let stopped = false;
  const watching = withAdmin(async (admin) => {
    while (!stopped) {
      const [group] = (await admin.describeGroups([groupId])).groups;
      const found = group?.state === 'Stable' ? group.members.map(({ memberId }) => memberId).toSorted() : members;
      if (String(found) !== String(members)) changes++;
      members = found;
      await pause(PAUSE_MS);
    }
  });
  watching.catch(() => undefined); // told when it is disposed
  return {
    get rebalances() {
      return Math.max(0, changes);
    },
    settledWith: (count) => awaitCondition(`${count} members in group ${groupId}`, () => members.length === count),
    async [Symbol.asyncDispose]() {
      stopped = true;
      await watching;
    },
  };
}
