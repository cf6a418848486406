import { DEFAULT_LIMITS, type ProtocolContext, type ProtocolLimits } from '@hybridge/protocol';
import { ulid } from 'ulid';

/** The real clock, and nonces that never repeat. */
export const createProtocolContext = (limits: Partial<ProtocolLimits> = {}): ProtocolContext => ({
  now: Date.now,
  nonce: () => ulid(),
  limits: { ...DEFAULT_LIMITS, ...limits },
});
