import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutsForbiddenError } from './errors.ts';

/** Furthest that the clock of this machine may be from DynamoDB's. Milliseconds. */
export const MAX_CLOCK_SKEW_MS = 30_000;

/**
 * Asks, for every request of a client, whether it may be sent, after it was signed. A process that was frozen before that
 * asks when it goes on; one that is frozen after it sends a request whose signature is from before, and which DynamoDB
 * refuses once it is five minutes old. For that the clock must be right: neither ours nor the SDK's idea of DynamoDB's may
 * be far from what DynamoDB says.
 * @param mayPut asked right before a request leaves
 */
export function guardPuts(client: DynamoDBClient, mayPut: () => boolean, now: () => number = Date.now): DynamoDBClient {
  let isSkewed = false;
  client.middlewareStack.add(
    (next) => async (call) => {
      const signedAt = timeOf(headersOf(call.request)['x-amz-date'], COMPACT_TIME);
      const isWrong = signedAt !== undefined && Math.abs(now() - signedAt) > MAX_CLOCK_SKEW_MS;
      if (isSkewed || isWrong) throw new PutsForbiddenError('the clock of this machine is not that of DynamoDB');
      if (!mayPut()) throw new PutsForbiddenError('the load no longer has the table');
      const answer = await next(call);
      const answeredAt = Date.parse(headersOf(answer.response)['date'] ?? '');
      if (Math.abs(now() - answeredAt) > MAX_CLOCK_SKEW_MS) isSkewed = true;
      return answer;
    },
    { step: 'deserialize', priority: 'low', name: 'hybridgeGuardPuts', override: true },
  );
  return client;
}

/** `20261123T101500Z`, as signatures carry it. */
const COMPACT_TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

function timeOf(text: string | undefined, form: RegExp): number | undefined {
  if (text === undefined || !form.test(text)) return undefined;
  return Date.parse(text.replace(form, '$1-$2-$3T$4:$5:$6Z'));
}

/** Of a request or response of the SDK, whose types are open; names in lower case, as both write them. */
function headersOf(message: unknown): Readonly<Record<string, string | undefined>> {
  if (typeof message !== 'object' || message === null || !('headers' in message)) return {};
  return message.headers as Readonly<Record<string, string | undefined>>;
}
