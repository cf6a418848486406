/** What one process takes from its clients. */
export interface Limits {
  /** Requests a minute of one caller with a token, and of one address without. */
  readonly callerPerMinute: number;
  readonly addressPerMinute: number;
  /** Largest body, bytes: a change may not come near DynamoDB's item size, as truth and changes share the item. */
  readonly bodyBytes: number;
  /** All request headers together, bytes. */
  readonly headerBytes: number;
  /** Longest time for the headers, and for the whole request with its body, milliseconds. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How often slow requests are looked for, milliseconds. */
  readonly checkMs: number;
  /** Open streams of events in all, and of one caller. */
  readonly streams: number;
  readonly streamsPerCaller: number;
  /** A quiet stream sends a comment; an old one ends, so that its caller is checked again. Milliseconds. */
  readonly heartbeatMs: number;
  readonly streamAgeMs: number;
  /** Pause between looks at a watched document that changes, and at one that does not, milliseconds. */
  readonly pollMs: number;
  readonly idlePollMs: number;
  /** Proxies in front whose word on the client's address is taken. */
  readonly trustedProxies: number;
}

export const DEFAULT_LIMITS: Limits = {
  callerPerMinute: 600,
  addressPerMinute: 1_200,
  bodyBytes: 256 * 1024,
  headerBytes: 16 * 1024,
  headersMs: 10_000,
  requestMs: 20_000,
  checkMs: 2_000,
  streams: 1_000,
  streamsPerCaller: 5,
  heartbeatMs: 15_000,
  streamAgeMs: 3_600_000,
  pollMs: 250,
  idlePollMs: 2_000,
  trustedProxies: 0,
};

/** Longest key in an address, characters: DynamoDB's sort key has 1024 bytes, three characters each when encoded. */
export const MAX_KEY_LENGTH = 3_072;
