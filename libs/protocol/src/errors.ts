export type ProtocolErrorCode =
  | 'HYBRIDGE_PROTOCOL_POSITION_OUT_OF_RANGE'
  | 'HYBRIDGE_PROTOCOL_VERSION_MALFORMED'
  | 'HYBRIDGE_PROTOCOL_ITEM_MALFORMED'
  | 'HYBRIDGE_PROTOCOL_WRITE_REFUSED';

/** A value that breaks the protocol's own rules. Permanent: trying again gives the same error. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly retry = 'permanent';
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
