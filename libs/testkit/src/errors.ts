export type TestkitErrorCode = 'HYBRIDGE_TESTKIT_EXPRESSION_INVALID';

/** A test asked for something DynamoDB would refuse. Permanent. */
export class TestkitError extends Error {
  override readonly name = 'TestkitError';
  readonly retry = 'permanent';
  readonly code: TestkitErrorCode;

  constructor(code: TestkitErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
