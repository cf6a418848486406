import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { createDynamoDbClient } from '@hybridge/sink-dynamodb';

/** Where it is written: a DynamoDB Local with an empty view table. */
export interface Ground extends AsyncDisposable {
  readonly settings: Parameters<typeof createDynamoDbClient>[0];
  readonly tableName: string;
  /** For what is not measured. */
  readonly client: DynamoDBClient;
}

export async function startGround(signal: AbortSignal): Promise<Ground> {
  const stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free', signal });
  try {
    const { region, dynamodb, credentials } = stack.endpoints;
    const settings = { region, endpoint: dynamodb.endpoint, credentials };
    const { tableName } = await provisionTablesOnly(stack.endpoints);
    const client = createDynamoDbClient(settings);
    return {
      settings,
      tableName,
      client,
      async [Symbol.asyncDispose]() {
        client.destroy();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
