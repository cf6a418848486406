/** Listening on the event bus, for demonstrations and tests. */
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Contract, Message } from '@hybridge/contracts';
import { parseMessage } from '@hybridge/contracts';
import type { Endpoints } from './endpoints.ts';
import { pollUntil } from './poll.ts';

/** Everything the bus carried since the tap was opened, as any consumer receives it: by a rule and a queue. */
export interface BusTap extends AsyncDisposable {
  /** Messages of one contract, in the order they came. */
  messages<Data>(contract: Contract<Data>): Promise<readonly Message<Data>[]>;
  /** The first message that fits. @throws when none comes in time */
  next<Data>(contract: Contract<Data>, fits: (message: Message<Data>) => boolean): Promise<Message<Data>>;
}

interface Received {
  readonly 'detail-type': string;
  readonly detail: unknown;
}

const NAME = 'hybridge-tap';
const TIMEOUT_MS = 60_000;

export async function openBusTap(endpoints: Endpoints, busName: string): Promise<BusTap> {
  const client = {
    region: endpoints.region,
    endpoint: endpoints.aws.endpoint,
    credentials: { ...endpoints.credentials },
  };
  const events = new EventBridgeClient(client);
  const queues = new SQSClient(client);
  const queueUrl = await subscribe(events, queues, busName);
  const received: Received[] = [];

  /** Takes some from the queue. @returns false where it was empty, which only receiving tells */
  const receive = async (): Promise<boolean> => {
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    if (Messages.length === 0) return false;
    received.push(...Messages.map(({ Body }) => JSON.parse(Body ?? '') as Received));
    const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await queues.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    return true;
  };
  const known = <Data>(contract: Contract<Data>): readonly Message<Data>[] =>
    received
      .filter((event) => event['detail-type'] === contract.detailType)
      .map(({ detail }) => parseMessage(contract, detail));
  return {
    async messages(contract) {
      while (await receive());
      return known(contract);
    },
    next: async (contract, fits) => {
      let found: Message<never> | undefined;
      // A message that is there is not kept waiting by those behind it.
      const look = async (): Promise<boolean> => {
        do found = known(contract).find(fits) as Message<never> | undefined;
        while (found === undefined && (await receive()));
        return found !== undefined;
      };
      await pollUntil(look, { timeoutMs: TIMEOUT_MS });
      if (found === undefined) throw new Error(`No ${contract.detailType} on the bus within ${TIMEOUT_MS / 1000} s.`);
      return found;
    },
    async [Symbol.asyncDispose]() {
      events.destroy();
      queues.destroy();
      return Promise.resolve();
    },
  };
}

async function subscribe(events: EventBridgeClient, queues: SQSClient, busName: string): Promise<string> {
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: NAME }));
  const { Attributes } = await queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const pattern = JSON.stringify({ source: [{ prefix: 'hybridge.' }] });
  await events.send(new PutRuleCommand({ Name: NAME, EventBusName: busName, EventPattern: pattern }));
  const Targets = [{ Id: NAME, Arn: Attributes?.['QueueArn'] }];
  await events.send(new PutTargetsCommand({ Rule: NAME, EventBusName: busName, Targets }));
  return QueueUrl as string;
}
