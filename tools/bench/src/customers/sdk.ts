import { catalog } from '@hybridge/definitions';
import { type DynamoDbClientOptions, createDynamoDbClient, createItemReader } from '@hybridge/reader-dynamodb';
import { type SqlBudget, createRowReader, createSqlPool, guardRowReader } from '@hybridge/reader-sql';
import { type Hybridge, createHybridge } from '@hybridge/sdk';
import { createItemStore } from '@hybridge/sink-dynamodb';

/** Where the view table and its source are; can be sent to a process. */
export interface Site {
  readonly dynamodb: Required<Pick<DynamoDbClientOptions, 'region' | 'credentials'>> & { readonly endpoint: string };
  readonly tableName: string;
  readonly sqlUrl: string;
}

export interface SdkOptions {
  /** Default: none. */
  readonly budget?: SqlBudget;
  /** As `createHybridge` has it. */
  readonly gatherMs?: number;
}

export interface Sdk extends AsyncDisposable {
  readonly hybridge: Hybridge;
}

/** Shown in `pg_stat_activity` for every connection of a contender. */
export const APPLICATION_NAME = 'hybridge-bench';

/** The SDK as a customer's service puts it together, with the default settings. */
export function createSdk({ dynamodb, tableName, sqlUrl }: Site, { budget, ...options }: SdkOptions = {}): Sdk {
  const client = createDynamoDbClient(dynamodb);
  const pool = createSqlPool({ url: sqlUrl, applicationName: APPLICATION_NAME });
  const rows = createRowReader({ pool });
  const hybridge = createHybridge(
    {
      catalog,
      items: createItemReader(client, { tableName }),
      store: createItemStore(client, { tableName }),
      rows: budget === undefined ? rows : guardRowReader(rows, { budget }),
    },
    options,
  );
  return {
    hybridge,
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]();
      client.destroy();
    },
  };
}
