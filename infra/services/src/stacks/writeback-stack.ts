import { ApplyCustomerChange } from '@hybridge/contracts';
import { arnsOf, queueNameOf } from '@hybridge/infra-platform';
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
/** Whose commands go to which queue. */
export interface WritebackProps {
  readonly sources: readonly { readonly name: string; readonly views: readonly string[] }[];
}

/** How long EventBridge tries to reach the queue. */
const MAX_EVENT_AGE = Duration.hours(24);

/** The most values one pattern may have and stay within the length EventBridge takes. */
const VIEWS_A_RULE = 30;

/**
 * The writeback takes commands off its queues; rules on the bus put them there. Every source has a queue of its own, so that
 * commands that wait for a database that is down hold up no others.
 */
export class WritebackStack extends Stack {
  constructor(scope: Construct, id: string, { names, sources, ...props }: ServiceProps & WritebackProps) {
    super(scope, id, props);
    const bus = EventBus.fromEventBusName(this, 'Bus', names.busName);
    const deadLetters = new Queue(this, 'DeadLetters', {
      queueName: names.deadLetterQueueName,
      retentionPeriod: RETENTION,
      encryption: QueueEncryption.SQS_MANAGED,
    });
    const queues = sources.map(({ name, views }) => {
      const suffix = sources.length === 1 ? '' : `-${name}`;
      const queue = new Queue(this, `Queue${suffix}`, {
        queueName: queueNameOf(names, name, sources.length),
        visibilityTimeout: VISIBILITY_TIMEOUT,
        receiveMessageWaitTime: Duration.seconds(20),
        retentionPeriod: RETENTION,
        encryption: QueueEncryption.SQS_MANAGED,
        deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
      });
      const target = new SqsQueue(queue, {
        deadLetterQueue: deadLetters,
        maxEventAge: MAX_EVENT_AGE,
        retryAttempts: 185,
      });
      for (const [index, detail] of (suffix === '' ? [undefined] : patternsOf(views)).entries()) {
        new Rule(this, `Commands${suffix}${index === 0 ? '' : `-${index}`}`, {
          description: ApplyCustomerChange.description,
          eventBus: bus,
          eventPattern: {
            source: [ApplyCustomerChange.source],
            detailType: [ApplyCustomerChange.detailType],
            ...(detail === undefined ? {} : { detail }),
          },
          targets: [target],
        });
      }
      return queue;
    });
    appPolicy(this, 'the writeback', [
      {
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        resources: queues.map((queue) => queue.queueArn),
      },
      { actions: ['dynamodb:GetItem'], resources: [arnsOf(this).table(names.tableName)] },
    ]);
  }
}

/** Which commands are of these views. */
const patternsOf = (views: readonly string[]): readonly { readonly metadata: { readonly view: string[] } }[] =>
  Array.from({ length: Math.ceil(views.length / VIEWS_A_RULE) }, (_, i) => ({
    metadata: { view: views.slice(i * VIEWS_A_RULE, (i + 1) * VIEWS_A_RULE) },
  }));
