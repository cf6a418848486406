import { EventBridgeClient } from '@aws-sdk/client-eventbridge';

export interface EventBridgeClientOptions {
  readonly region: string;
  /** Default: the service's own endpoint of the region. */
  readonly endpoint?: string;
}

/** Longest wait for a connection and for an answer, milliseconds. */
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** The SDK does not retry by itself: the sink does, where it can count and keep order. */
export const createEventBridgeClient = (options: EventBridgeClientOptions): EventBridgeClient =>
  new EventBridgeClient({
    ...options,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
