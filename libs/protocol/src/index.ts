export {
  type AttributeValue,
  type Attributes,
  NULL,
  canonicalNumber,
  elementsOf,
  entriesOf,
  list,
  map,
  number,
  sameAttributes,
  sameValue,
  scalarOf,
  text,
} from './attribute.ts';
export {
  type Position,
  type Version,
  ZERO_VERSION,
  decodeVersion,
  encodeVersion,
  isUnpositioned,
  parseVersion,
} from './version.ts';
export {
  CONTROL_STATE,
  type ChangeOperation,
  ControlMeta,
  type Item,
  type ItemKey,
  ItemState,
  Meta,
  type Outcome,
  OutcomeKind,
  type PendingChange,
  type Truth,
  columnsOf,
  committedAtOf,
  decodeTruth,
  encodeOutcomes,
  encodePendingList,
  encodeTruth,
  formatKey,
  hasPending,
  isControlKey,
  isOwnColumn,
  keyOf,
  nonceOf,
  outcomesOf,
  pendingOf,
  stateOf,
  transactionOf,
  truthOf,
  versionOf,
} from './item.ts';
export {
  type ControlExpressionName,
  CREATING,
  ControlExpressions,
  type Expression,
  type ExpressionName,
  Expressions,
  Names,
} from './expressions.ts';
export { type Write, type WriteInput, buildWrite } from './write.ts';
export {
  DEFAULT_LIMITS,
  PENDING_INDEX,
  type ItemStore,
  type ProtocolContext,
  type ProtocolLimits,
  type WriteResult,
} from './ports.ts';
export { type Decision, type Ended, type Seen, carryOut } from './decide/decision.ts';
export { render } from './decide/render.ts';
export {
  type Provenance,
  type RowChange,
  type RowChangeOutcome,
  ViewMode,
  decideRowChange,
  provenanceValues,
} from './decide/row-change.ts';
export { ttlSeconds } from './decide/expiry.ts';
export { type FirstGuess, type FirstGuessOptions, createFirstGuess } from './decide/first-guess.ts';
export { type SettleOutcome, type SettleSignal, decideSettle } from './decide/settle.ts';
export { type CustomerChange, type CustomerChangeOutcome, decideCustomerChange } from './decide/customer-change.ts';
export {
  type Lease,
  type ReadVerdict,
  fillUnstorableWrite,
  fillWrite,
  isUncacheable,
  judgeRead,
  leaseOf,
  leaseWrite,
} from './decide/fill.ts';
export {
  SERVING_KEY,
  type Serving,
  ServingState,
  claimServing,
  openServing,
  readServing,
  renewLoading,
} from './serving.ts';
export { type RepairDecision, decideRepair, invalidateWrite } from './decide/repair.ts';
export { decideRawAnswer } from './decide/raw-answer.ts';
export { RAW_WRITER, isRawChange, rawChangeId } from './raw-change.ts';
export { mergeRowChanges } from './decide/merge.ts';
export { type WirePending, type WireValue, type WireValues, pendingFromWire, pendingToWire } from './wire.ts';
export { ProtocolError, type ProtocolErrorCode } from './errors.ts';
