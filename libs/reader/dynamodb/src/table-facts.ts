import {
  type DynamoDBClient,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type GlobalSecondaryIndexDescription,
  ResourceNotFoundException,
  type StreamSpecification,
  type TimeToLiveDescription,
} from '@aws-sdk/client-dynamodb';
import { reading } from './errors.ts';

/** How a table of DynamoDB is set up. */
export interface TableFacts {
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** Undefined: no stream. */
  readonly streamView?: string;
  /** Undefined: nothing expires. */
  readonly expiryAttribute?: string;
  readonly indexes: readonly IndexFacts[];
  /** The service's clock in its answer, milliseconds since 1970, to the second; undefined where it did not say. */
  readonly serverMs?: number;
}

export interface IndexFacts {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly projection: string;
  readonly isActive: boolean;
}

/** Undefined: there is no such table. @throws ItemReaderError */
export async function readTableFacts(client: DynamoDBClient, tableName: string): Promise<TableFacts | undefined> {
  const command = new DescribeTableCommand({ TableName: tableName });
  let date: string | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = (result.response as { headers?: Record<string, string> }).headers?.['date'];
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'hybridgeServerDate' },
  );
  return reading('DescribeTable', async () => {
    try {
      const { Table: table } = await client.send(command);
      const expiry = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }));
      return {
        ...keysOf(table?.KeySchema),
        ...streamOf(table?.StreamSpecification),
        ...expiryOf(expiry.TimeToLiveDescription),
        indexes: (table?.GlobalSecondaryIndexes ?? []).map(indexOf),
        ...clockOf(date),
      };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  });
}

const streamOf = (stream: StreamSpecification | undefined): Pick<TableFacts, 'streamView'> =>
  stream?.StreamEnabled === true && stream.StreamViewType !== undefined ? { streamView: stream.StreamViewType } : {};

/** Being enabled counts as enabled: it takes an hour. */
const expiryOf = (expiry: TimeToLiveDescription | undefined): Pick<TableFacts, 'expiryAttribute'> =>
  expiry?.TimeToLiveStatus?.startsWith('ENABL') === true && expiry.AttributeName !== undefined
    ? { expiryAttribute: expiry.AttributeName }
    : {};

const indexOf = (index: GlobalSecondaryIndexDescription): IndexFacts => ({
  name: index.IndexName ?? '',
  ...keysOf(index.KeySchema),
  projection: index.Projection?.ProjectionType ?? '',
  isActive: index.IndexStatus === 'ACTIVE',
});

function clockOf(date: string | undefined): Pick<TableFacts, 'serverMs'> {
  const serverMs = Date.parse(date ?? '');
  return Number.isNaN(serverMs) ? {} : { serverMs };
}

type KeySchema = readonly { readonly AttributeName?: string | undefined; readonly KeyType?: string | undefined }[];

function keysOf(schema: KeySchema = []): Pick<IndexFacts, 'partitionKey' | 'sortKey'> {
  const nameOf = (type: string): string | undefined => schema.find((key) => key.KeyType === type)?.AttributeName;
  const sortKey = nameOf('RANGE');
  return { partitionKey: nameOf('HASH') ?? '', ...(sortKey === undefined ? {} : { sortKey }) };
}
