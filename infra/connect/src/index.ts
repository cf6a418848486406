export {
  type ConnectorConfig,
  type ConnectorOptions,
  DEFAULT_CONNECTOR_NAME,
  DEFAULT_SLOT,
  EPOCH_HEADER,
  connectorConfig,
} from './connector-config.ts';
export { type ChangeTopic, DEFAULT_TOPIC_PREFIX, type TopicOptions, changeTopics } from './change-topics.ts';
export { type ConnectAddress, type ConnectorState, type ConnectorStatus, connectorStatus } from './connect-api.ts';
export { type RegisterOptions, registerConnector } from './register-connector.ts';
export { ConnectError, type ConnectErrorCode } from './errors.ts';
