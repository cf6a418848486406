/** CloudFormation stacks in the emulator. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { Template, Templates } from '@hybridge/infra-services';
import type { Endpoints } from '../endpoints.ts';
import { pollUntil } from '../poll.ts';
import { ProvisionError } from './errors.ts';

const stackTimeoutMs = 60_000;

type Context = { readonly client: CloudFormationClient; readonly signal: AbortSignal | undefined };

/**
 * Creates or updates the stacks in the order given; resolves when each is complete. A stack that an earlier try left
 * broken is made anew.
 *
 * @throws ProvisionError with the first reason CloudFormation gives, or the signal's reason.
 */
export async function provisionStacks(
  templates: Templates,
  {
    aws,
    region,
    credentials,
    signal,
  }: Pick<Endpoints, 'aws' | 'region' | 'credentials'> & { signal?: AbortSignal | undefined },
): Promise<void> {
  const client = new CloudFormationClient({ endpoint: aws.endpoint, region, credentials: { ...credentials } });
  try {
    for (const [name, template] of Object.entries(templates)) await provisionStack({ client, signal }, name, template);
  } finally {
    client.destroy();
  }
}

async function provisionStack(context: Context, name: string, template: Template): Promise<void> {
  let status = await statusOf(context, name);
  if (status !== undefined && !isComplete(status)) {
    await context.client.send(new DeleteStackCommand({ StackName: name }));
    await settled(context, name);
    status = undefined;
  }
  const input = { StackName: name, TemplateBody: JSON.stringify(template) };
  if (status === undefined) await context.client.send(new CreateStackCommand(input));
  else await update(context, input);
  if (!isComplete(await settled(context, name))) throw await failed(context, name);
}

async function update({ client }: Context, input: { StackName: string; TemplateBody: string }): Promise<void> {
  try {
    await client.send(new UpdateStackCommand(input));
  } catch (error) {
    // The only way CloudFormation has to say that a stack is as wanted.
    if (!(error instanceof Error && /no updates/i.test(error.message))) throw error;
  }
}

/** Waits while the stack is being worked on. */
async function settled(context: Context, name: string): Promise<string | undefined> {
  let status: string | undefined;
  await pollUntil(
    async () => {
      status = await statusOf(context, name);
      return status === undefined || !status.endsWith('IN_PROGRESS');
    },
    { timeoutMs: stackTimeoutMs, signal: context.signal },
  );
  return status;
}

const isComplete = (status: string | undefined): boolean =>
  status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE';

/** Undefined for a stack that is not there (any more). */
async function statusOf({ client }: Context, name: string): Promise<string | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const status = Stacks?.[0]?.StackStatus;
    return status === 'DELETE_COMPLETE' ? undefined : status;
  } catch (error) {
    if (error instanceof Error && /does not exist/i.test(error.message)) return undefined;
    throw error;
  }
}

async function failed({ client }: Context, name: string): Promise<ProvisionError> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: name }));
  const event = StackEvents.findLast(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'));
  return new ProvisionError({
    what: `Stack ${name} is not complete: ${event?.LogicalResourceId ?? 'no resource'} ${event?.ResourceStatusReason ?? 'gave no reason'}.`,
    fix: 'look at the log of aws in the run directory; compare the resource with its stack in infra/services.',
  });
}
