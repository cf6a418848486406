import type { AttributeValue } from '@hybridge/protocol';
import { duration } from '../duration.ts';
import { toJson } from '../terminal.ts';

const MAX_SHOWN = 100;

/** As short as it can be told: `"Leiden"`, `42`, `null`; whatever has parts in DynamoDB's own form. */
export function valueText(value: AttributeValue | undefined): string {
  if (value === undefined) return 'nothing';
  if ('NULL' in value) return 'null';
  const text = 'N' in value ? value.N : toJson('S' in value ? value.S : 'BOOL' in value ? value.BOOL : value);
  const oneLine = text.replaceAll(/\s*\n\s*/g, ' ');
  return oneLine.length <= MAX_SHOWN ? oneLine : `${oneLine.slice(0, MAX_SHOWN)}…`;
}

/** `2026-11-23T03:11:02.120Z (41 s ago)` */
export function moment(at: number, now: number): string {
  const distance = duration(Math.round(Math.abs(now - at) / 1_000));
  return `${new Date(at).toISOString()} (${now >= at ? `${distance} ago` : `in ${distance}`})`;
}
