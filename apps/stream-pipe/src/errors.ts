export type StreamPipeErrorCode =
  | 'HYBRIDGE_STREAM_PIPE_EVENT_FAILED'
  | 'HYBRIDGE_STREAM_PIPE_OUTCOME_MISSING'
  | 'HYBRIDGE_STREAM_PIPE_RECORD_MALFORMED'
  | 'HYBRIDGE_STREAM_PIPE_VIEW_UNKNOWN';

/**
 * A record, or one message of it, that cannot be put into words. Permanent: the next reading gives the same. It is
 * logged and counted, and everything else goes on.
 */
export class StreamPipeError extends Error {
  override readonly name = 'StreamPipeError';
  readonly retry = 'permanent';
  readonly code: StreamPipeErrorCode;
  /** The message that is missing now; `unknown` when it could not be told which. */
  readonly detailType: string;

  constructor(
    code: StreamPipeErrorCode,
    message: string,
    options: ErrorOptions & { readonly detailType?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detailType = options.detailType ?? 'unknown';
  }
}
