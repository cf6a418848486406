export { type Hybridge, type HybridgeDependencies, type ItemReads, createHybridge } from './hybridge.ts';
export { createProtocolContext } from './protocol-context.ts';
export {
  type Accepted,
  type ChangeOptions,
  type ChangeRequest,
  type ChangeStatus,
  type DocumentFor,
  type Found,
  type KeyParts,
  ReadSource,
  type ViewReference,
  type WaitOptions,
} from './types.ts';
export {
  AlreadyExistsError,
  ChangeIdReusedError,
  type ErrorFacts,
  HybridgeError,
  type HybridgeErrorCode,
  InvalidKeyError,
  InvalidValueError,
  NotAllowedError,
  NotFoundError,
  PreconditionFailedError,
  TooManyPendingError,
  UncacheableError,
  UnsettledError,
} from './errors.ts';
