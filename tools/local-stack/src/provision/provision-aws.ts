/** Everything the apps need in AWS, made locally from the templates that AWS gets. */
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DEFAULT_NAMES, queueNameOf } from '@hybridge/infra-platform';
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
  /** Names of the sources the templates were made with. */
  readonly sources: readonly string[];
  readonly signal?: AbortSignal | undefined;
};

export type ProvisionedAws = {
  readonly tableName: string;
  readonly checkpointTableName: string;
  readonly busName: string;
  /** The queue of the writeback for each source, by its name. */
  readonly queueUrls: Readonly<Record<string, string>>;
  /** The one of the first source. */
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
  const names = { ...DEFAULT_NAMES, ...options.names };
  const { tableName, checkpointTableName, busName } = names;
  await Promise.all([
    provisionTables(tableRequests(options.templates), options),
    provisionStacks(emulatedTemplates(options.templates), options),
  ]);
  const { sources } = options;
  const queueNames = sources.map((source) => queueNameOf(names, source, sources.length));
  const [deadLetterQueueUrl = '', ...urls] = await queueUrlsOf(options, [names.deadLetterQueueName, ...queueNames]);
  const queueUrls = Object.fromEntries(sources.map((source, i) => [source, urls[i] as string]));
  return { tableName, checkpointTableName, busName, queueUrls, queueUrl: urls[0] as string, deadLetterQueueUrl };
}

/** Only the tables, for a DynamoDB Local without the rest of the stack. @returns the name of the view table */
export async function provisionTablesOnly(
  endpoints: Pick<Endpoints, 'dynamodb' | 'region' | 'credentials'>,
): Promise<{ readonly tableName: string }> {
  await provisionTables(tableRequests(synthTemplates()), endpoints);
  return { tableName: DEFAULT_NAMES.tableName };
}

async function queueUrlsOf(
  { aws, region, credentials }: ProvisionAwsOptions,
  names: readonly string[],
): Promise<readonly string[]> {
  const client = new SQSClient({ endpoint: aws.endpoint, region, credentials: { ...credentials } });
  const urlOf = async (name: string): Promise<string> => {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    return QueueUrl as string;
  };
  try {
    return await Promise.all(names.map(urlOf));
  } finally {
    client.destroy();
  }
}
