export type ContractErrorCode = 'HYBRIDGE_CONTRACT_CHANGE_MALFORMED' | 'HYBRIDGE_CONTRACT_MESSAGE_MALFORMED';

/** A message that does not have the form its contract promises. Permanent. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly retry = 'permanent';
  readonly code: ContractErrorCode;

  constructor(code: ContractErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
