import { catalog } from '@hybridge/definitions';
import { formatKey } from '@hybridge/protocol';
import type { ParkedKey } from '@hybridge/sink-dynamodb';
import { duration } from '../duration.ts';
import { formatViewKey } from '../view-key.ts';

/** What programs are told of a parked key. */
export function reportOf(parked: ParkedKey, nowMs: number) {
  const { view, key: item, topic, partition, offset, reason } = parked;
  const parkedAt = new Date(parked.at).toISOString();
  return {
    view,
    key: writtenKey(parked),
    item,
    topic,
    partition,
    offset,
    reason,
    parkedAt,
    ageSeconds: age(parked, nowMs),
  };
}

/** Lines for people, the key parked longest first. */
export function renderList(keys: readonly ParkedKey[], nowMs: number): string {
  if (keys.length === 0) return 'no parked keys';
  return [...keys.map((each) => renderOne(each, nowMs)), `parked keys: ${keys.length}`].join('\n');
}

function renderOne(parked: ParkedKey, nowMs: number): string {
  const place = `${parked.topic}[${parked.partition}] offset ${parked.offset}`;
  return `${parked.view} ${writtenKey(parked)}: parked for ${duration(age(parked, nowMs))} by ${place}\n  ${parked.reason}`;
}

/** As `hybridge release` takes it; a key that is of no view any more as the item has it. */
function writtenKey({ key }: ParkedKey): string {
  const known = catalog.byKey(key);
  return known === undefined ? formatKey(key) : formatViewKey(known.view, known.row);
}

const age = ({ at }: ParkedKey, nowMs: number): number => Math.max(0, Math.round((nowMs - at) / 1000));
