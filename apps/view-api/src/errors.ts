export type ApiErrorCode =
  | 'HYBRIDGE_API_BODY_INVALID'
  | 'HYBRIDGE_API_BODY_TOO_LARGE'
  | 'HYBRIDGE_API_CHANGE_REJECTED'
  | 'HYBRIDGE_API_CHANGE_UNKNOWN'
  | 'HYBRIDGE_API_FORBIDDEN'
  | 'HYBRIDGE_API_HEADER_INVALID'
  | 'HYBRIDGE_API_HEADERS_TOO_LARGE'
  | 'HYBRIDGE_API_INTERNAL'
  | 'HYBRIDGE_API_MEDIA_TYPE'
  | 'HYBRIDGE_API_METHOD_NOT_ALLOWED'
  | 'HYBRIDGE_API_NOT_FOUND'
  | 'HYBRIDGE_API_NUMBER_UNSAFE'
  | 'HYBRIDGE_API_RATE_LIMITED'
  | 'HYBRIDGE_API_REQUEST_INVALID'
  | 'HYBRIDGE_API_REQUEST_TIMEOUT'
  | 'HYBRIDGE_API_TOKEN_INVALID'
  | 'HYBRIDGE_API_TOKEN_MISSING'
  | 'HYBRIDGE_API_TOO_MANY_STREAMS'
  | 'HYBRIDGE_API_UNAVAILABLE';

/** A request this server answers with a problem. Permanent: the same request gets the same answer. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  readonly retry = 'permanent';
  readonly code: ApiErrorCode;
  readonly status: number;
  /** Further members of the problem document, such as `fix` and `attribute`. */
  readonly facts: Readonly<Record<string, string>>;

  constructor(code: ApiErrorCode, status: number, message: string, facts: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.facts = facts;
  }
}

/** A request that is refused for who sent it: written to the log with the reason, which the answer may hide. */
export class RefusedError extends ApiError {
  override readonly name = 'RefusedError';
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    answer: ApiError,
    { reason, headers = {} }: { readonly reason: string; readonly headers?: Readonly<Record<string, string>> },
  ) {
    super(answer.code, answer.status, answer.message, answer.facts);
    this.reason = reason;
    this.headers = headers;
  }
}
