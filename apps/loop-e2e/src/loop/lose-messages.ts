import { GetQueueAttributesCommand, PurgeQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { eventually } from './eventually.ts';

/** Waits until the queue holds a message, then loses all it holds. */
export async function loseMessages(client: SQSClient, queueUrl: string): Promise<void> {
  const held = async (): Promise<number> => {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
  };
  await eventually('a message in the queue', async () => (await held()) > 0);
  await client.send(new PurgeQueueCommand({ QueueUrl: queueUrl }));
  await eventually('an empty queue', async () => (await held()) === 0);
}
