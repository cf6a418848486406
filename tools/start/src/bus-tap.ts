import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import type { Endpoints } from '@hybridge/local-stack';

/** A message seen on the bus. */
export interface BusMessage {
  readonly detailType: string;
  readonly detail: {
    readonly metadata: { readonly key: { readonly pk: string } };
    readonly data: Record<string, unknown>;
  };
}

/** Listens on the event bus through a rule and a queue of its own, as any consumer would. */
export interface BusTap extends AsyncDisposable {
  /** The first message not yet given away that fits. @throws when none comes in time */
  next(what: string, fits: (message: BusMessage) => boolean, timeoutMs?: number): Promise<BusMessage>;
}

export async function tapBus(endpoints: Endpoints, busName: string): Promise<BusTap> {
  const client = { region: endpoints.region, endpoint: endpoints.aws.endpoint, credentials: endpoints.credentials };
  const events = new EventBridgeClient(client);
  const queues = new SQSClient(client);
  const queueUrl = await subscribe(events, queues, busName);
  const seen: BusMessage[] = [];

  const receive = async (): Promise<void> => {
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    if (Messages.length === 0) return;
    const Entries = Messages.map((message, i) => ({ Id: String(i), ReceiptHandle: message.ReceiptHandle }));
    await queues.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    for (const message of Messages) {
      const event = JSON.parse(message.Body ?? '{}') as { 'detail-type': string; detail: BusMessage['detail'] };
      seen.push({ detailType: event['detail-type'], detail: event.detail });
    }
  };

  return {
    async next(what, fits, timeoutMs = 20_000) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const index = seen.findIndex(fits);
        if (index >= 0) return seen.splice(index, 1)[0] as BusMessage;
        if (Date.now() > deadline) throw new Error(`No ${what} came over the bus within ${timeoutMs / 1000} s.`);
        await receive();
      }
    },
    [Symbol.asyncDispose]() {
      events.destroy();
      queues.destroy();
      return Promise.resolve();
    },
  };
}

const TAP = 'hybridge-start-tap';

async function subscribe(events: EventBridgeClient, queues: SQSClient, busName: string): Promise<string> {
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: TAP }));
  const { Attributes } = await queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const pattern = JSON.stringify({ source: [{ prefix: 'hybridge.' }] });
  await events.send(new PutRuleCommand({ Name: TAP, EventBusName: busName, EventPattern: pattern }));
  await events.send(
    new PutTargetsCommand({ Rule: TAP, EventBusName: busName, Targets: [{ Id: TAP, Arn: Attributes?.['QueueArn'] }] }),
  );
  return QueueUrl as string;
}
