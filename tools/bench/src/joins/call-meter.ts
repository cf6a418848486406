import type { ItemStore, Write } from '@hybridge/protocol';
import type { createDynamoDbClient } from '@hybridge/sink-dynamodb';

/** What went over the wire, every attempt counted; a call with many statements counts as many writes. */
export interface Calls {
  /** Writes whose condition held. */
  readonly accepted: number;
  /** Writes whose condition did not hold. */
  readonly refused: number;
  /** Consistent reads of one item. */
  readonly gets: number;
  readonly queries: number;
  /** Writes as they were asked for, by the name of their condition. */
  readonly byExpression: Readonly<Partial<Record<Write['expression'], Answers>>>;
}

export interface Answers {
  readonly accepted: number;
  readonly refused: number;
}

export interface CallMeter {
  /** Counts the calls of a client from now on. */
  watch(client: ReturnType<typeof createDynamoDbClient>): void;
  /** The same store, with its writes counted by condition. */
  name(store: ItemStore): ItemStore;
  /** Everything since the last reading. */
  read(): Calls;
}

export const NO_CALLS: Calls = { accepted: 0, refused: 0, gets: 0, queries: 0, byExpression: {} };

export function createCallMeter(): CallMeter {
  let calls = NO_CALLS;
  const count = (more: Partial<Calls>): void => void (calls = sumOf(calls, { ...NO_CALLS, ...more }));
  return {
    watch: (client) =>
      client.middlewareStack.add(
        (next, { commandName = '' }) =>
          async (args) => {
            try {
              const result = await next(args);
              count(callsOf(commandName, result.output));
              return result;
            } catch (error) {
              if (isRefusal(error)) count({ refused: 1 });
              throw error;
            }
          },
        { step: 'initialize', name: 'countCalls' },
      ),
    name: (store) => ({
      get: (key) => store.get(key),
      async write(write) {
        const result = await store.write(write);
        const answers = result.ok ? { accepted: 1, refused: 0 } : { accepted: 0, refused: 1 };
        count({ byExpression: { [write.expression]: answers } });
        return result;
      },
    }),
    read() {
      const read = calls;
      calls = NO_CALLS;
      return read;
    },
  };
}

/** Of the answers only that of a batch says what became of its parts. */
interface Answer {
  readonly Responses?: readonly { readonly Error?: unknown }[];
}

/** What an answered call counts as. */
export function callsOf(command: string, output: object): Partial<Calls> {
  switch (command) {
    case 'GetItemCommand':
      return { gets: 1 };
    case 'QueryCommand':
      return { queries: 1 };
    case 'UpdateItemCommand':
    case 'DeleteItemCommand':
      return { accepted: 1 };
    case 'BatchExecuteStatementCommand': {
      const { Responses = [] } = output as Answer;
      const refused = Responses.filter(({ Error: error }) => error !== undefined).length;
      return { accepted: Responses.length - refused, refused };
    }
    default:
      return {};
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

export function sumOf(a: Calls, b: Calls): Calls {
  const byExpression: Partial<Record<Write['expression'], Answers>> = { ...a.byExpression };
  for (const [name, { accepted, refused }] of entriesOf(b)) {
    const before = byExpression[name] ?? { accepted: 0, refused: 0 };
    byExpression[name] = { accepted: before.accepted + accepted, refused: before.refused + refused };
  }
  return {
    accepted: a.accepted + b.accepted,
    refused: a.refused + b.refused,
    gets: a.gets + b.gets,
    queries: a.queries + b.queries,
    byExpression,
  };
}

export const entriesOf = ({ byExpression }: Calls): readonly (readonly [Write['expression'], Answers])[] =>
  Object.entries(byExpression) as [Write['expression'], Answers][];
