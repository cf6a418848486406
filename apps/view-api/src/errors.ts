export type ApiErrorCode =
  | 'HYBRIDGE_API_BODY_INVALID'
  | 'HYBRIDGE_API_BODY_TOO_LARGE'
  | 'HYBRIDGE_API_CHANGE_REJECTED'
  | 'HYBRIDGE_API_CHANGE_UNKNOWN'
  | 'HYBRIDGE_API_HEADER_INVALID'
  | 'HYBRIDGE_API_INTERNAL'
  | 'HYBRIDGE_API_MEDIA_TYPE'
  | 'HYBRIDGE_API_NOT_FOUND'
  | 'HYBRIDGE_API_NUMBER_UNSAFE'
  | 'HYBRIDGE_API_REQUEST_INVALID'
  | 'HYBRIDGE_API_UNAVAILABLE';

/** A request this server answers with a problem. Permanent: the same request gets the same answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
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
