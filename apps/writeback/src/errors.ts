export type WritebackErrorCode = 'HYBRIDGE_WRITEBACK_MESSAGE_MALFORMED';

/** A message that is no command this installation can carry out. Permanent: it stays in the queue for the DLQ. */
export class MessageMalformedError extends Error {
  override readonly name = 'MessageMalformedError';
  readonly retry = 'permanent';
  readonly code: WritebackErrorCode = 'HYBRIDGE_WRITEBACK_MESSAGE_MALFORMED';

  constructor(problem: string, options?: ErrorOptions) {
    super(problem, options);
  }
}
