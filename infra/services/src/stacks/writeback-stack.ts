import { ApplyCustomerChange } from '@hybridge/contracts';
import { arnsOf } from '@hybridge/infra-platform';
import { Duration, Stack } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { appPolicy } from './app-policy.ts';
import type { ServiceProps } from './service-props.ts';

/** Longer than the writeback needs for one message, retries of its SQL transaction included. */
const VISIBILITY_TIMEOUT = Duration.seconds(60);
/** A message that was received so often is set aside. The change itself stays in its item and is announced again. */
const MAX_RECEIVE_COUNT = 10;
/** The most SQS allows. */
const RETENTION = Duration.days(14);
/** How long EventBridge tries to reach the queue. */
const MAX_EVENT_AGE = Duration.hours(24);

/** The writeback takes commands off its queue; a rule on the bus puts them there. */
export class WritebackStack extends Stack {
  constructor(scope: Construct, id: string, { names, ...props }: ServiceProps) {
    super(scope, id, props);
    const deadLetters = new Queue(this, 'DeadLetters', {
      queueName: names.deadLetterQueueName,
      retentionPeriod: RETENTION,
      encryption: QueueEncryption.SQS_MANAGED,
    });
    const queue = new Queue(this, 'Queue', {
      queueName: names.queueName,
      visibilityTimeout: VISIBILITY_TIMEOUT,
      receiveMessageWaitTime: Duration.seconds(20),
      retentionPeriod: RETENTION,
      encryption: QueueEncryption.SQS_MANAGED,
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
    new Rule(this, 'Commands', {
      description: ApplyCustomerChange.description,
      eventBus: EventBus.fromEventBusName(this, 'Bus', names.busName),
      eventPattern: { source: [ApplyCustomerChange.source], detailType: [ApplyCustomerChange.detailType] },
      targets: [new SqsQueue(queue, { deadLetterQueue: deadLetters, maxEventAge: MAX_EVENT_AGE, retryAttempts: 185 })],
    });
    appPolicy(this, 'the writeback', [
      {
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        resources: [queue.queueArn],
      },
      { actions: ['dynamodb:GetItem'], resources: [arnsOf(this).table(names.tableName)] },
    ]);
  }
}
