export { type ConnectorOptions, connectorConfig, connectorName } from './connector-config.ts';
export { type ConnectorConfig, EPOCH_HEADER, type SourceDatabase } from './common-settings.ts';
export { slotName } from './postgres-connector.ts';
export { type ChangeTopic, type TopicOptions, changeTopics } from './change-topics.ts';
export { type ConnectAddress, type ConnectorState, type ConnectorStatus, connectorStatus } from './connect-api.ts';
export { type RegisterOptions, registerConnector } from './register-connector.ts';
export { ConnectError, type ConnectErrorCode } from './errors.ts';
