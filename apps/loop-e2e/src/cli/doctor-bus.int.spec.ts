import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SQSClient,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { diagnoseBus } from '@hybridge/cli';
import { ApplyCustomerChange } from '@hybridge/contracts';
import { orders } from '@hybridge/definitions';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import { createCatalog } from '@hybridge/views';

describe('hybridge doctor on EventBridge and SQS', () => {
  let stack: LocalStack;
  let events: EventBridgeClient;
  let sqs: SQSClient;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', ports: 'free', components: ['aws'] });
    const { aws, region, credentials } = stack.endpoints;
    process.env['AWS_ACCESS_KEY_ID'] = credentials.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = credentials.secretAccessKey;
    events = new EventBridgeClient({ region, endpoint: aws.endpoint });
    sqs = new SQSClient({ region, endpoint: aws.endpoint });
  });

  afterAll(async () => {
    events?.destroy();
    sqs?.destroy();
    await stack?.stop();
  });

  const checks = async (): Promise<readonly string[]> => {
    const { aws, region } = stack.endpoints;
    const place = { region, endpoint: aws.endpoint, bus: 'hybridge', queue: 'hybridge-writeback' };
    return (await diagnoseBus(createCatalog([orders]), place)).map(({ check }) => check);
  };

  async function makeQueue(name: string): Promise<{ url: string; arn: string }> {
    const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const { Attributes: facts } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
    );
    return { url, arn: facts?.['QueueArn'] ?? '' };
  }

  it('names what is missing on the way of a command, until nothing is', async () => {
    expect(await checks()).toEqual(['bus.missing', 'queue.missing']);
    await events.send(new CreateEventBusCommand({ Name: 'hybridge' }));
    const queue = await makeQueue('hybridge-writeback');
    expect(await checks()).toEqual(['queue.dead-letters', 'bus.rule']);
    const deadLetters = await makeQueue('dead');
    const redrive = JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 10 });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { RedrivePolicy: redrive } }));
    const pattern = { source: [ApplyCustomerChange.source], 'detail-type': [ApplyCustomerChange.detailType] };
    const rule = { Name: 'commands', EventBusName: 'hybridge', EventPattern: JSON.stringify(pattern) };
    await events.send(new PutRuleCommand(rule));
    expect(await checks()).toEqual(['bus.rule']);
    const target = { Id: 'queue', Arn: queue.arn };
    const put = { Rule: 'commands', EventBusName: 'hybridge' };
    await events.send(new PutTargetsCommand({ ...put, Targets: [target] }));
    expect(await checks()).toEqual(['bus.dead-letters']);
    await events.send(
      new PutTargetsCommand({ ...put, Targets: [{ ...target, DeadLetterConfig: { Arn: deadLetters.arn } }] }),
    );
    expect(await checks()).toEqual([]);
    await events.send(new PutRuleCommand({ ...rule, State: 'DISABLED' }));
    expect(await checks()).toEqual(['bus.rule']);
  });
});
