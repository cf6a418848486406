import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export type { DynamoDBClient };

export interface DynamoDbClientOptions {
  readonly region: string;
  /** Another address than AWS's, such as an emulator's. */
  readonly endpoint?: string | undefined;
  /** Default: the SDK's own chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /**
   * Whether all calls slow down to what the table takes, once it has throttled one. For work that can wait; a service
   * that answers people must not wait for the others' pace. Default false.
   */
  readonly paced?: boolean;
  /** Attempts of one call, the first included; default the SDK's own, 3. */
  readonly maxAttempts?: number;
  /** Connections kept open; default 128. */
  readonly maxSockets?: number;
}

const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_SOCKETS = 128;

export const createDynamoDbClient = (options: DynamoDbClientOptions): DynamoDBClient =>
  new DynamoDBClient({
    region: options.region,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    ...(options.maxAttempts === undefined ? {} : { maxAttempts: options.maxAttempts }),
    retryMode: options.paced === true ? 'adaptive' : 'standard',
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: options.maxSockets ?? DEFAULT_MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: options.maxSockets ?? DEFAULT_MAX_SOCKETS },
    },
  });
