export { SqlRole, type TableRights, rightsOf } from './rights.ts';
export { type UsedTable, usedTables } from './used-tables.ts';
export { DEFAULT_PUBLICATION, INBOX_APP_COLUMNS, slotName } from './capture-names.ts';
export { type TopicOptions, topicConfig } from './topic-config.ts';
export { DEFAULT_NAMES, type ResourceNames, queueNameOf } from './resource-names.ts';
export { connectorName, recordSettings } from './connector.ts';
