/** A proxy in front of EventBridge and SQS: the bus fails as a seed decides, the queue as its owner says. */
import { CustomerChangeApplied, CustomerChangeRejected } from '@hybridge/contracts';
import type { Random } from '@hybridge/load';
import { chooseBusFault } from './choose-fault.ts';
import { type Disturbance, createDisturbance } from './disturbance.ts';
import {
  type Answer,
  type Call,
  type HttpProxy,
  type JsonObject,
  createHttpProxy,
  readJson,
  withJson,
} from './http-proxy.ts';
import { entriesOf, withholdEvents } from './withhold-events.ts';

/** A message as SQS hands it out. */
export type ReceivedMessage = JsonObject & {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
};

/** What becomes of messages on their way; what is left out goes straight through. */
export interface QueueFaults {
  /** @returns those that reach the consumer, in this order */
  onReceive(messages: readonly ReceivedMessage[]): readonly ReceivedMessage[];
  /** @returns whether the queue is told of the deletion; the consumer believes so either way */
  onDelete(receiptHandle: string): boolean;
}

/** `A` applied, `R` rejected, as in the inbox. */
export type Announced = ReadonlyMap<string, ReadonlySet<'A' | 'R'>>;

export interface AwsProxy extends HttpProxy {
  readonly bus: Pick<Disturbance, 'counts' | 'disturb'>;
  /** What the bus was told of each customer change, and accepted. */
  readonly announced: Announced;
  disturbQueue(faults: QueueFaults | undefined): void;
}

export interface AwsProxyOptions {
  /** Where the emulator answers, such as `http://127.0.0.1:4566`. It need not run yet. */
  readonly target: string;
  readonly random: Random;
}

export async function createAwsProxy({ target, random }: AwsProxyOptions): Promise<AwsProxy> {
  const announced = new Map<string, Set<'A' | 'R'>>();
  let queueFaults: QueueFaults | undefined;
  const bus = createDisturbance({
    random,
    choose: chooseBusFault,
    sendPart: (call) => sendPart(call, random),
  });
  const handle = async (call: Call): Promise<Answer | undefined> => {
    switch (call.operation) {
      case 'PutEvents':
        return bus.meet({ ...call, send: (body) => noting(announced, body, call.send(body)) });
      case 'ReceiveMessage':
        return receive(await call.send(call.body), queueFaults);
      case 'DeleteMessageBatch':
        return remove(call, queueFaults);
      default:
        return call.send(call.body);
    }
  };
  return {
    bus,
    announced,
    disturbQueue: (faults) => {
      queueFaults = faults;
    },
    ...(await createHttpProxy({ target, handle })),
  };
}

async function sendPart({ body, send }: Call, random: Random): Promise<Answer> {
  const { request, complete } = withholdEvents(readJson(body), random);
  if (request === undefined) {
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    return withJson({ status: 200, headers, body }, complete(undefined));
  }
  const answer = await send(Buffer.from(JSON.stringify(request)));
  return answer.status === 200 ? withJson(answer, complete(readJson(answer.body))) : answer;
}

const OUTCOMES: Readonly<Record<string, 'A' | 'R'>> = {
  [CustomerChangeApplied.detailType]: 'A',
  [CustomerChangeRejected.detailType]: 'R',
};

/** Notes what the bus accepts, also when the pipe is not told of it. */
async function noting(announced: Map<string, Set<'A' | 'R'>>, body: Buffer, sent: Promise<Answer>): Promise<Answer> {
  const answer = await sent;
  if (answer.status !== 200) return answer;
  const results = entriesOf(readJson(answer.body));
  entriesOf(readJson(body)).forEach((entry, i) => {
    const outcome = OUTCOMES[String(entry['DetailType'])];
    if (outcome === undefined || results[i]?.['EventId'] === undefined) return;
    const { data } = JSON.parse(String(entry['Detail'])) as { data: { changeId: string } };
    announced.set(data.changeId, (announced.get(data.changeId) ?? new Set()).add(outcome));
  });
  return answer;
}

function receive(answer: Answer, faults: QueueFaults | undefined): Answer {
  if (faults === undefined || answer.status !== 200) return answer;
  const body = readJson(answer.body);
  const messages = (body['Messages'] ?? []) as readonly ReceivedMessage[];
  return messages.length === 0 ? answer : withJson(answer, { ...body, Messages: faults.onReceive(messages) });
}

type Deletion = JsonObject & { readonly Id: string; readonly ReceiptHandle: string };

async function remove({ body, send }: Call, faults: QueueFaults | undefined): Promise<Answer> {
  if (faults === undefined) return send(body);
  const request = readJson(body);
  const deletions = request['Entries'] as readonly Deletion[];
  const told = deletions.filter(({ ReceiptHandle }) => faults.onDelete(ReceiptHandle));
  const Successful = deletions.map(({ Id }) => ({ Id }));
  if (told.length === 0) {
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    return withJson({ status: 200, headers, body }, { Successful, Failed: [] });
  }
  const answer = await send(Buffer.from(JSON.stringify({ ...request, Entries: told })));
  return answer.status === 200 ? withJson(answer, { Failed: [], ...readJson(answer.body), Successful }) : answer;
}
