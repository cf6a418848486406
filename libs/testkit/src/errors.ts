export type TestkitErrorCode =
  'HYBRIDGE_TESTKIT_EXPRESSION_INVALID' | 'HYBRIDGE_TESTKIT_ROW_INVALID' | 'HYBRIDGE_TESTKIT_EXAMPLE_DIFFERS';

/** A test asked for something DynamoDB would refuse, that its tables do not hold, or expected something else. Permanent. */
export class TestkitError extends Error {
  override readonly name = 'TestkitError';
  readonly retry = 'permanent';
  readonly code: TestkitErrorCode;

  constructor(code: TestkitErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
