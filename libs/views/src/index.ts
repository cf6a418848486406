export type { Codec, Collation, SqlForm } from './codecs/codec.ts';
export { type NumberOptions, float4, float8, int2, int4, int8, numeric } from './codecs/numbers.ts';
export { date, text, timestamp, timestamptz, uuid } from './codecs/text.ts';
export { bool, bytea, jsonb } from './codecs/others.ts';
export { type IntegerOptions, mariadb } from './codecs/mariadb/index.ts';
export { type Source, SourceKind, source } from './source.ts';
export {
  type AnyTable,
  type Column,
  type Columns,
  type RowOf,
  type Table,
  columnOf,
  notNull,
  nullable,
  table,
} from './table.ts';
export {
  type Embed,
  type EmbeddedIn,
  type Embeds,
  MAX_EMBED_DEPTH,
  type ViewRelation,
  embed,
  linkColumns,
  linksOf,
  protocolRelations,
} from './embed.ts';
export type { Collected } from './collect.ts';
export { addressColumns, placeColumns } from './address.ts';
export { anchorOfRow, placeOfRow } from './place.ts';
export {
  type KeyPart,
  type KeyTemplate,
  MAX_PARTITION_KEY_BYTES,
  MAX_SORT_KEY_BYTES,
  column,
  isStorableKey,
  keyColumns,
  parseKey,
  renderKey,
} from './key-template.ts';
export type { ComputedDefinitions, ComputedIn, ComputedPlain, ComputedType, ComputedTypes } from './computed.ts';
export { type AnyView, type DocumentIn, type DocumentOf, type View, type ViewDefinition, view } from './view.ts';
export {
  type CarriedOutChange,
  type ChangeInQuestion,
  type ChangeRules,
  type ChangesDefinition,
  ConflictPolicy,
  ConflictScope,
  type SideWrites,
  type Verdict,
  comparedOf,
  policyName,
  policyOf,
} from './change-rules.ts';
export {
  type SideRights,
  type SideTarget,
  type SideWrite,
  type TypedSideTarget,
  sideWriteProblem,
  writes,
} from './side-writes.ts';
export { type Access, AccessOperation, type Audience, type Audiences, type FieldAccess } from './access.ts';
export {
  type IndexDefinition,
  type IndexDefinitions,
  type IndexPart,
  SORT_SEPARATOR,
  type TableIndex,
  type ViewIndex,
  attribute,
  attributesIn,
  indexAttributeNames,
  indexAttributes,
  indexPartition,
  indexesOf,
  kindOf,
  sortTextOf,
} from './indexes.ts';
export { SortKind, sortKindOf } from './sortable-text.ts';
export { MAX_INDEXES } from './valid-indexes.ts';
export { Primary } from './primary.ts';
export { RawWrites } from './raw-writes.ts';
export { DOCUMENT_ATTRIBUTE, Layout, unpackColumns } from './layout.ts';
export { MAX_EXPRESSION_BYTES, longestExpression } from './expression-size.ts';
export { explainMismatch, unknownColumnsOf } from './explain-mismatch.ts';
export type { Document, DomainChange, DomainEvent, EventBuilder } from './domain-event.ts';
export { type DueEvent, type ItemWrite, dueEvents } from './domain-changes.ts';
export { type TruthChange, truthChangeOf } from './truth-change.ts';
export {
  type DecodedRow,
  type Row,
  UNAVAILABLE,
  assertStorableRow,
  attributesOf,
  belongsTo,
  columnOfAttribute,
  columnsOfView,
  decodeChangeRow,
  decodeImageRow,
  decodeTextRow,
  fromPlain,
  keyFromParts,
  keyOfRow,
  projectRow,
  toDocument,
  toOwnDocument,
  toSqlText,
} from './row.ts';
export { shapeOf } from './shape.ts';
export {
  type LinkedChange,
  type StoreOutcome,
  type StorePorts,
  concernsOthers,
  mustBeFilled,
  storeAnswer,
  storeRawAnswer,
  storeRowChange,
  tellOthers,
} from './store-change.ts';
export {
  type DecodedAnswer,
  type DecodedChange,
  type RecordFacts,
  type RecordPosition,
  decodeAnswer,
  decodeRowChange,
  isSnapshot,
  provenanceOf,
} from './decode-event.ts';
export {
  type ChangeColumns,
  type ChangeDecoder,
  type ChangeKey,
  type RowPlace,
  changeDecoder,
} from './change-decoder.ts';
export { type Catalog, basesOf, createCatalog, partOf } from './catalog.ts';
export { shownView } from './shown-view.ts';
export { UnstorableValueError, ViewError, type ViewErrorCode } from './errors.ts';
export { type EmbedDescription, type ViewDescription, describeView } from './describe.ts';
export { type ViewPlan, planViews } from './plan.ts';
export { PlanEffect, type PlannedChange } from './planned-change.ts';
