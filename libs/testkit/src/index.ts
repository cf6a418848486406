export { type MemoryItemStore, createMemoryItemStore } from './memory-item-store.ts';
export { createMemoryPartitionReader } from './memory-partition-reader.ts';
export { type RowTexts, type StoredRow, createRowStore } from './stored-rows.ts';
export { type MemoryItemReads, type ReadCall, createMemoryItemReads } from './memory-item-reads.ts';
export { type Scope, holds } from './expression/condition.ts';
export { updated } from './expression/update.ts';
export {
  type Cell,
  type CellRow,
  type ChangeEventInput,
  type InboxEventInput,
  changeEvent,
  inboxEvent,
} from './change-event.ts';
export {
  COLUMN_NAMES,
  type ItemInput,
  KEY,
  type TestContext,
  customerChange,
  item,
  pending,
  rowChange,
  settleSignal,
  testContext,
  versionAt,
} from './records.ts';
export { type RowValues, type TestChange, type TestRow, deleted, inserted, row, changed } from './definitions/rows.ts';
export {
  type ExpectedEvent,
  type ExpectedItems,
  type Given,
  type When,
  specification,
} from './definitions/specification.ts';
export { TestkitError, type TestkitErrorCode } from './errors.ts';
