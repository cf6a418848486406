export type ConnectErrorCode =
  | 'HYBRIDGE_CONNECT_UNREACHABLE'
  | 'HYBRIDGE_CONNECT_REFUSED'
  | 'HYBRIDGE_CONNECT_CONNECTOR_FAILED'
  | 'HYBRIDGE_CONNECT_NOT_READY'
  | 'HYBRIDGE_CONNECT_SOURCE_UNKNOWN'
  | 'HYBRIDGE_CONNECT_BROKERS_MISSING';

/** Kafka Connect, or the connector in it, does not do what was asked. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly code: ConnectErrorCode;
  readonly retry: 'transient' | 'permanent';

  constructor(code: ConnectErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retry =
      code === 'HYBRIDGE_CONNECT_UNREACHABLE' || code === 'HYBRIDGE_CONNECT_NOT_READY' ? 'transient' : 'permanent';
  }
}
