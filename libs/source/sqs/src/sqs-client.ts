import { SQSClient } from '@aws-sdk/client-sqs';
import { LONG_POLL_SECONDS } from './limits.ts';

export type { SQSClient };

export interface SqsClientOptions {
  readonly region: string;
  /** Another address than AWS's; calls go there whatever host the queue URL names. */
  readonly endpoint?: string | undefined;
}

const CONNECTION_TIMEOUT_MS = 5_000;
/** Longer than a long poll, so that only a dead connection is cut off. */
const REQUEST_TIMEOUT_MS = (LONG_POLL_SECONDS + 15) * 1_000;

/** The SDK's client follows the host of the queue URL unless told otherwise; a given endpoint is meant to win. */
export const createSqsClient = (options: SqsClientOptions): SQSClient =>
  new SQSClient({
    region: options.region,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, useQueueUrlAsEndpoint: false }),
  });
