/** A proxy in front of DynamoDB that throttles, fails and loses answers, as a seed decides. */
import type { Random } from '@hybridge/load';
import { chooseFault } from './choose-fault.ts';
import { type Disturbance, createDisturbance } from './disturbance.ts';
import { type Answer, type Call, type HttpProxy, createHttpProxy, readJson, withJson } from './http-proxy.ts';
import { withhold } from './withhold.ts';

export type DynamoDbProxy = HttpProxy & Pick<Disturbance, 'counts' | 'disturb'>;

export interface DynamoDbProxyOptions {
  /** Where DynamoDB answers, such as `http://127.0.0.1:8000`. It need not run yet. */
  readonly target: string;
  readonly random: Random;
}

export async function createDynamoDbProxy({ target, random }: DynamoDbProxyOptions): Promise<DynamoDbProxy> {
  const { counts, disturb, meet } = createDisturbance({
    random,
    choose: chooseFault,
    sendPart: (call) => sendPart(call, random),
  });
  return { counts, disturb, ...(await createHttpProxy({ target, handle: meet })) };
}

async function sendPart({ operation, body, send }: Call, random: Random): Promise<Answer> {
  const withheld = withhold(operation, readJson(body), random);
  if (withheld === undefined) return send(body);
  const answer = await send(Buffer.from(JSON.stringify(withheld.request)));
  return answer.status === 200 ? withJson(answer, withheld.complete(readJson(answer.body))) : answer;
}
