import type { Version } from '@hybridge/protocol';
import type { RecordPlace, Work } from '../work.ts';

/**
 * Tells, record by record in their order, which are newer than all before them in their partition. What comes a second
 * time, or is older (a replay of the connector, a fetch after a rebalance, a row of an incremental snapshot), is not.
 */
export function createNewestMarker(): (record: RecordPlace, work: readonly Work[]) => readonly Work[] {
  const newest = new Map<string, Version>();
  return ({ topic, partition }, work) => {
    const version = versionOf(work);
    if (version === undefined) return work;
    const place = `${topic}[${partition}]`;
    const before = newest.get(place);
    if (before !== undefined && version <= before) return work;
    newest.set(place, version);
    return work.map((one) => (one.kind === 'row' ? { ...one, isNewest: true } : one));
  };
}

/** All work of one record has the version of the record. */
function versionOf(work: readonly Work[]): Version | undefined {
  const [first] = work;
  if (first?.kind === 'row' || first?.kind === 'park') return first.change?.version;
  return undefined;
}
