/** The forms of writing whose bare loops are the ceilings: nothing around the calls. */
import {
  BatchExecuteStatementCommand,
  type BatchStatementRequest,
  BatchWriteItemCommand,
  type DynamoDBClient,
  type AttributeValue as SdkAttributeValue,
} from '@aws-sdk/client-dynamodb';
import { type Item, type RowChange, type Seen, type Write, carryOut, decideRowChange } from '@hybridge/protocol';
import { type Statement, type Statements, createItemStore, createStatements, wholeItem } from '@hybridge/sink-dynamodb';
import { projectorContext } from '../../projector-context.ts';

export const RawForm = { updateItem: 'update-item', partiql: 'partiql', batchWrite: 'batch-write' } as const;
export type RawForm = (typeof RawForm)[keyof typeof RawForm];

/** Calls in flight that are tried; the best one is reported. */
export const TRIED_IN_FLIGHT: Readonly<Record<RawForm, readonly number[]>> = {
  'update-item': [16, 32, 64],
  partiql: [1, 4, 8],
  'batch-write': [1, 4, 8],
};

/** Items of one batch call (BatchWriteItem and BatchExecuteStatement: 25). */
export const MAX_BATCH = 25;

/** Sends the changes of one call; resolves when each of them is stored, or known to be older than what is stored. */
export interface RawWriter {
  /** Most changes of one call; a call carries no key twice. */
  readonly batch: number;
  send(changes: readonly RowChange[]): Promise<void>;
}

interface Target {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

export const createRawWriter = (form: RawForm, target: Target): RawWriter => writers[form](target);

const writers: Readonly<Record<RawForm, (target: Target) => RawWriter>> = {
  'update-item': ({ client, tableName }) => {
    const store = createItemStore(client, { tableName });
    return {
      batch: 1,
      async send([change]) {
        if (change !== undefined)
          await carryOut(store, change.key, (seen) => decideRowChange(change, 'eager', projectorContext, seen));
      },
    };
  },
  partiql: (target) => {
    const statements = createStatements(target.tableName);
    return { batch: MAX_BATCH, send: (changes) => sendStatements(changes, { ...target, statements }) };
  },
  'batch-write': (target) => ({ batch: MAX_BATCH, send: (changes) => putAll(changes, target) }),
};

/** A change on its way: what was seen of its item, and whether the item is to be created. */
interface Attempt {
  readonly change: RowChange;
  readonly seen: Seen;
  readonly creates: boolean;
}

async function sendStatements(
  changes: readonly RowChange[],
  { client, statements }: Target & { readonly statements: Statements },
): Promise<void> {
  let open: readonly Attempt[] = changes.map((change) => ({
    change,
    seen: undefined,
    creates: change.transaction === undefined, // a snapshot row: most probably new
  }));
  while (open.length > 0) {
    const sent = open.flatMap((attempt) => {
      const decision = decideRowChange(attempt.change, 'eager', projectorContext, attempt.seen);
      return decision.do === 'write' ? [{ attempt, write: decision.write }] : [];
    });
    if (sent.length === 0) return;
    const { Responses = [] } = await client.send(
      new BatchExecuteStatementCommand({
        Statements: sent.map(({ attempt, write }) => toRequest(statementOf(attempt, write, statements))),
      }),
    );
    open = sent.flatMap(({ attempt }, i) => again(attempt, Responses[i]?.Error));
  }
}

const statementOf = ({ creates }: Attempt, write: Write, statements: Statements): Statement =>
  creates ? statements.insert(write) : (statements.update(write) as Statement);

const toRequest = (statement: Statement): BatchStatementRequest => ({
  Statement: statement.text,
  Parameters: statement.parameters as SdkAttributeValue[],
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

interface StatementError {
  readonly Code?: string | undefined;
  readonly Message?: string | undefined;
  readonly Item?: Record<string, SdkAttributeValue> | undefined;
}

function again(attempt: Attempt, error: StatementError | undefined): readonly Attempt[] {
  if (error === undefined) return [];
  if (error.Code === 'DuplicateItem') return [{ ...attempt, creates: false }];
  if (error.Code === 'ConditionalCheckFailed') {
    const item = error.Item as Item | undefined;
    return [{ ...attempt, seen: item === undefined ? undefined : { item }, creates: item === undefined }];
  }
  throw new Error(`BatchExecuteStatement: ${error.Code}: ${error.Message}`);
}

/** Unconditional: whoever comes last wins, newer or not. */
export async function putAll(changes: readonly RowChange[], { client, tableName }: Target): Promise<void> {
  let requests = changes.map((change) => ({ PutRequest: { Item: sdkItem(change) } }));
  while (requests.length > 0) {
    const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
    requests = (answer.UnprocessedItems?.[tableName] ?? []) as typeof requests;
  }
}

function sdkItem(change: RowChange): Record<string, SdkAttributeValue> {
  const decision = decideRowChange(change, 'eager', projectorContext, undefined);
  if (decision.do !== 'write') throw new Error(`A change of ${change.key.pk} that needs a read cannot be put blindly.`);
  return wholeItem(decision.write) as Record<string, SdkAttributeValue>;
}
