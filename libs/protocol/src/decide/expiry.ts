import { type AttributeValue, number } from '../attribute.ts';
import type { ProtocolContext } from '../ports.ts';
import type { ItemShape } from '../shape.ts';

/** `_x` is DynamoDB's TTL attribute: whole seconds. `_nx` and `_lx` are ours: milliseconds. */
export function tombstoneValues(context: ProtocolContext): Record<string, AttributeValue> {
  const until = context.now() + context.limits.tombstoneTtlMs;
  return { x: ttlSeconds(until), nx: number(until) };
}

/** As long as a tombstone: the live item it takes the place of would have held off older writes for good. */
export const tombstoneExpiry = (context: ProtocolContext): AttributeValue =>
  ttlSeconds(context.now() + context.limits.tombstoneTtlMs);

export const fenceExpiry = (context: ProtocolContext): AttributeValue =>
  ttlSeconds(context.now() + context.limits.fenceTtlMs);

/** When a live item that is written now ends: `WriteInput.ends`. Never sooner than a fence would. */
export const idleEnd = ({ idleMs }: ItemShape, context: ProtocolContext): AttributeValue | undefined =>
  idleMs === undefined ? undefined : ttlSeconds(context.now() + Math.max(idleMs, context.limits.fenceTtlMs));

export const ttlSeconds = (untilMs: number): AttributeValue => number(Math.ceil(untilMs / 1000));
