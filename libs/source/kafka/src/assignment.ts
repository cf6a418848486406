import { type PartitionProgress, createPartitionProgress } from './partition-progress.ts';

/** Partitions of each topic. */
export type MemberAssignment = { readonly [topic: string]: readonly number[] };

/** The partitions this consumer holds, as its group tells. */
export interface Assignment {
  /** Undefined for a partition that is not ours. */
  of(topic: string, partition: number): PartitionProgress | undefined;
  all(): readonly PartitionProgress[];
  /**
   * The group settled anew. Partitions that are still ours keep their progress: records of theirs that are under way go on.
   * A new member id means that the group had given us up meanwhile, and others may have gone on from our commits.
   * @returns what is no longer ours
   */
  joined(memberId: string, assigned: MemberAssignment): readonly PartitionProgress[];
}

export function createAssignment(): Assignment {
  const held = new Map<string, PartitionProgress>();
  let member: string | undefined;
  let current: MemberAssignment = {};

  return {
    of(topic, partition) {
      const name = `${topic}[${partition}]`;
      const known = held.get(name);
      if (known !== undefined || !includes(current, topic, partition)) return known;
      const created = createPartitionProgress(topic, partition);
      held.set(name, created);
      return created;
    },
    all: () => [...held.values()],
    joined(memberId, assigned) {
      const isOurs = ({ topic, partition }: PartitionProgress): boolean =>
        memberId === member && includes(assigned, topic, partition);
      const lost = [...held].filter(([, progress]) => !isOurs(progress));
      for (const [name, progress] of lost) {
        progress.abandon();
        held.delete(name);
      }
      member = memberId;
      current = assigned;
      return lost.map(([, progress]) => progress);
    },
  };
}

const includes = (assigned: MemberAssignment, topic: string, partition: number): boolean =>
  assigned[topic]?.includes(partition) === true;
