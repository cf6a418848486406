import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';

export interface StreamClientOptions {
  readonly region: string;
  /** Default: the services' own endpoints of the region. */
  readonly endpoint?: string;
}

export interface StreamClients {
  readonly streams: DynamoDBStreamsClient;
  /** For the table's description and the checkpoints. */
  readonly dynamodb: DynamoDBClient;
  destroy(): void;
}

/** Longest wait for a connection and for an answer, milliseconds. */
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** The SDK does not retry by itself: the source does, where it can be counted. */
export function createStreamClients(options: StreamClientOptions): StreamClients {
  const config = {
    ...options,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  };
  const streams = new DynamoDBStreamsClient(config);
  const dynamodb = new DynamoDBClient(config);
  return {
    streams,
    dynamodb,
    destroy: () => {
      streams.destroy();
      dynamodb.destroy();
    },
  };
}
