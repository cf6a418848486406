import { randomBytes } from 'node:crypto';
import { DEFAULT_LIMITS, type ProtocolContext } from '@hybridge/protocol';

/** Clock, nonces and limits as the projector has them, for writes without its process. */
export const projectorContext: ProtocolContext = {
  now: Date.now,
  nonce: () => randomBytes(9).toString('base64url'),
  limits: DEFAULT_LIMITS,
};
