export type VerifyErrorCode = 'HYBRIDGE_VERIFY_PROGRESS_MISMATCH';

/** A comparison cannot begin as asked. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError';
  readonly retry = 'permanent';
  readonly code: VerifyErrorCode;

  constructor(code: VerifyErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
