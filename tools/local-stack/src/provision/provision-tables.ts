/** Tables in DynamoDB Local. */
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Endpoints } from '../endpoints.ts';
import { pollUntil } from '../poll.ts';
import { ProvisionError } from './errors.ts';

const activeTimeoutMs = 30_000;

/**
 * Makes the tables that are not there yet; resolves when all are active. One after another: DynamoDB Local takes one
 * schema change at a time.
 *
 * @throws ProvisionError, or the signal's reason.
 */
export async function provisionTables(
  requests: readonly CreateTableCommandInput[],
  {
    dynamodb,
    region,
    credentials,
    signal,
  }: Pick<Endpoints, 'dynamodb' | 'region' | 'credentials'> & { signal?: AbortSignal | undefined },
): Promise<void> {
  const client = new DynamoDBClient({ endpoint: dynamodb.endpoint, region, credentials: { ...credentials } });
  try {
    for (const request of requests) await provisionTable(client, request, signal);
  } finally {
    client.destroy();
  }
}

async function provisionTable(
  client: DynamoDBClient,
  request: CreateTableCommandInput,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { TableName } = request;
  try {
    await client.send(new CreateTableCommand(request));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw failed(TableName, error);
  }
  const active = await pollUntil(
    async () => (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus === 'ACTIVE',
    { timeoutMs: activeTimeoutMs, signal },
  );
  if (!active) throw failed(TableName, undefined);
}

const failed = (name: string | undefined, cause: unknown): ProvisionError =>
  new ProvisionError({
    what: `Table ${name} cannot be made in DynamoDB Local: ${cause instanceof Error ? cause.message : 'it is not active'}`,
    fix: 'look at the log of dynamodb in the run directory; compare the table with its stack in infra/.',
    cause,
  });
