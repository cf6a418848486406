import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { asQueueSourceError } from './errors.ts';

/** How a queue is set up. */
export interface QueueFacts {
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  /** Waiting messages, about. */
  readonly messages: number;
  /** Where messages go that were received too often; undefined: nowhere. */
  readonly deadLetters?: { readonly arn: string; readonly maxReceiveCount: number };
}

/** Undefined: there is no such queue. @throws QueueSourceError */
export async function readQueueFacts(client: SQSClient, queueName: string): Promise<QueueFacts | undefined> {
  try {
    const { QueueUrl: url } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }));
    const { Attributes: facts = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    const redrive = JSON.parse(facts['RedrivePolicy'] ?? '{}') as {
      deadLetterTargetArn?: string;
      maxReceiveCount?: unknown;
    };
    const arn = redrive.deadLetterTargetArn;
    return {
      arn: facts['QueueArn'] ?? '',
      visibilityTimeoutSeconds: Number(facts['VisibilityTimeout']),
      messages: Number(facts['ApproximateNumberOfMessages']),
      ...(arn === undefined ? {} : { deadLetters: { arn, maxReceiveCount: Number(redrive.maxReceiveCount) } }),
    };
  } catch (cause) {
    if (cause instanceof QueueDoesNotExist) return undefined;
    throw asQueueSourceError('GetQueueAttributes', cause);
  }
}
