/** Everything the apps need in AWS, made locally from the templates that AWS gets. */
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DEFAULT_NAMES } from '@hybridge/infra-platform';
import type { ResourceNames } from '@hybridge/infra-platform';
import { type Templates, synthTemplates } from '@hybridge/infra-services';
import type { Endpoints } from '../endpoints.ts';
import { emulatedTemplates, tableRequests } from './local-templates.ts';
import { provisionStacks } from './provision-stacks.ts';
import { provisionTables } from './provision-tables.ts';

export type ProvisionAwsOptions = Pick<Endpoints, 'dynamodb' | 'aws' | 'region' | 'credentials'> & {
  /** From `synthTemplates`. */
  readonly templates: Templates;
  /** The names the templates were made with; default those of `DEFAULT_NAMES`. */
  readonly names?: Partial<ResourceNames> | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type ProvisionedAws = {
  readonly tableName: string;
  readonly checkpointTableName: string;
  readonly busName: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
};

/**
 * Tables go to DynamoDB Local itself, the bus, rule and queues through CloudFormation to the emulator. May be called again
 * on the same stack: what is there stays.
 *
 * @throws ProvisionError, or the signal's reason.
 */
export async function provisionAws(options: ProvisionAwsOptions): Promise<ProvisionedAws> {
  const { tableName, checkpointTableName, busName, queueName, deadLetterQueueName } = {
    ...DEFAULT_NAMES,
    ...options.names,
  };
  await Promise.all([
    provisionTables(tableRequests(options.templates), options),
    provisionStacks(emulatedTemplates(options.templates), options),
  ]);
  const [queueUrl, deadLetterQueueUrl] = await queueUrls(options, [queueName, deadLetterQueueName]);
  return { tableName, checkpointTableName, busName, queueUrl, deadLetterQueueUrl };
}

/** Only the tables, for a DynamoDB Local without the rest of the stack. @returns the name of the view table */
export async function provisionTablesOnly(
  endpoints: Pick<Endpoints, 'dynamodb' | 'region' | 'credentials'>,
): Promise<{ readonly tableName: string }> {
  await provisionTables(tableRequests(synthTemplates()), endpoints);
  return { tableName: DEFAULT_NAMES.tableName };
}

async function queueUrls(
  { aws, region, credentials }: ProvisionAwsOptions,
  names: readonly [string, string],
): Promise<readonly [string, string]> {
  const client = new SQSClient({ endpoint: aws.endpoint, region, credentials: { ...credentials } });
  try {
    const urlOf = async (name: string): Promise<string> => {
      const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
      return QueueUrl as string;
    };
    return [await urlOf(names[0]), await urlOf(names[1])];
  } finally {
    client.destroy();
  }
}
