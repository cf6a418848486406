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
  FragmentMeta,
  type Item,
  type ItemKey,
  ItemState,
  JoinMeta,
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
  fragmentMeta,
  hasPending,
  isControlKey,
  isSameKey,
  isIndexAttribute,
  isOwnColumn,
  keyOf,
  nonceOf,
  outcomesOf,
  pendingOf,
  relationsOf,
  rowAttributesOf,
  stateOf,
  transactionOf,
  truthOf,
  versionOf,
} from './item.ts';
export {
  type ControlExpressionName,
  CREATING,
  ControlExpressions,
  EndingUpdates,
  type Expression,
  type ExpressionName,
  Expressions,
  type FragmentExpressionName,
  FragmentExpressions,
  type JoinExpressionName,
  JoinExpressions,
  Names,
} from './expressions.ts';
export { type Write, type WriteInput, buildWrite } from './write.ts';
export {
  type ColumnsToWrite,
  type Derivation,
  type DerivedColumns,
  type ItemShape,
  derivedColumns,
  plainShape,
} from './shape.ts';
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
export { type Links, type Relation, anchorKey, baseKey, baseKeyOf, isBaseKey } from './decide/join/relation.ts';
export {
  type Fragment,
  type FragmentPart,
  type Held,
  UNKNOWN_FRAGMENT,
  baseVersionOf,
  fragmentOf,
  heldOf,
  withFragments,
} from './decide/join/fragment.ts';
export {
  type Reference,
  deleteReferenceWrite,
  putReferenceWrite,
  referenceKey,
  referenceOf,
  referencePartition,
} from './decide/join/reference.ts';
export {
  type Answer,
  type Call,
  type ChildFlight,
  type ChildOperation,
  advanceChild,
  startChild,
} from './decide/join/child.ts';
export {
  type FillOutcome,
  type FilledRow,
  type Linked,
  baseOperation,
  fillOperation,
  rawAnswerOperation,
  repairOperation,
  rowOperation,
  settleOperation,
} from './decide/join/operations.ts';
export { type BaseOutcome, decideBaseChange, mustFanOut } from './decide/join/base.ts';
export { type Refresh, type RefreshOutcome, decideRefresh, strayReferenceWrite } from './decide/join/fan-out.ts';
export {
  type FanOutJob,
  JOB_LANES,
  type VisitedPage,
  jobKey,
  jobOf,
  jobPartition,
  pageDoneWrite,
  pageOf,
  raiseJobWrite,
} from './decide/join/job.ts';
export {
  type Move,
  type MoveFlight,
  type MoveOutcome,
  advanceMove,
  anchorWrite,
  mayFillAt,
  placeNamed,
  startMove,
} from './decide/join/move.ts';
export {
  type FanOutOutcome,
  type FanOutPorts,
  type PageOutcome,
  type PartitionReader,
  type RefreshCounts,
  carryOutChild,
  carryOutMove,
  carryOutPage,
  fanOut,
  mostShards,
  tellChildren,
} from './decide/join/carry-out.ts';
export { type WirePending, type WireValue, type WireValues, pendingFromWire, pendingToWire } from './wire.ts';
export { ProtocolError, type ProtocolErrorCode } from './errors.ts';
export { itemBytes, writeUnits } from './item-size.ts';
