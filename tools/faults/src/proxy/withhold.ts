import type { Random } from '@hybridge/load';
import type { JsonObject } from './http-proxy.ts';

/** A batch call of which a part is kept back. */
export interface Withheld {
  /** The part that DynamoDB is asked for. */
  readonly request: JsonObject;
  /** DynamoDB's answer to that part, completed to an answer to the whole call. */
  complete(answer: JsonObject): JsonObject;
}

/** Undefined where nothing can be kept back: DynamoDB always carries out one entry, or answers with an error. */
export function withhold(operation: string, request: JsonObject, random: Random): Withheld | undefined {
  switch (operation) {
    case 'BatchWriteItem':
      return withholdEntries(request, random, writes);
    case 'BatchGetItem':
      return withholdEntries(request, random, reads);
    case 'BatchExecuteStatement':
      return withholdStatements(request, random);
    default:
      return undefined;
  }
}

/** How the entries of one table lie in `RequestItems`. */
interface EntryForm {
  readonly unprocessed: string;
  entriesOf(ofTable: unknown): readonly unknown[];
  withEntries(ofTable: unknown, entries: readonly unknown[]): unknown;
}

const writes: EntryForm = {
  unprocessed: 'UnprocessedItems',
  entriesOf: (ofTable) => ofTable as readonly unknown[],
  withEntries: (_, entries) => entries,
};

const reads: EntryForm = {
  unprocessed: 'UnprocessedKeys',
  entriesOf: (ofTable) => (ofTable as { readonly Keys: readonly unknown[] }).Keys,
  withEntries: (ofTable, Keys) => ({ ...(ofTable as object), Keys }),
};

function withholdEntries(request: JsonObject, random: Random, form: EntryForm): Withheld | undefined {
  const tables = Object.entries(request['RequestItems'] as JsonObject);
  const count = tables.reduce((sum, [, ofTable]) => sum + form.entriesOf(ofTable).length, 0);
  if (count < 2) return undefined;
  const kept = keptOf(count, random);
  let index = 0;
  const flags = tables.map(([, ofTable]) => form.entriesOf(ofTable).map(() => kept[index++] === true));
  const part = (wanted: boolean): JsonObject =>
    Object.fromEntries(
      tables.flatMap(([table, ofTable], i) => {
        const entries = form.entriesOf(ofTable).filter((_, j) => flags[i]?.[j] === wanted);
        return entries.length === 0 ? [] : [[table, form.withEntries(ofTable, entries)]];
      }),
    );
  return {
    request: { ...request, RequestItems: part(false) },
    complete: (answer) => ({ ...answer, [form.unprocessed]: part(true) }),
  };
}

/** Which of the entries are kept back: at least one, and not all. */
function keptOf(count: number, random: Random): boolean[] {
  const kept = Array.from({ length: count }, () => random.roll(2) === 0);
  kept[random.roll(count)] = true;
  if (kept.every(Boolean)) kept[random.roll(count)] = false;
  return kept;
}

/** A statement that is kept back has an error of its own in its place. */
function withholdStatements(request: JsonObject, random: Random): Withheld | undefined {
  const statements = request['Statements'] as readonly unknown[];
  if (statements.length < 2) return undefined;
  const kept = keptOf(statements.length, random);
  return {
    request: { ...request, Statements: statements.filter((_, i) => kept[i] === false) },
    complete: (answer) => {
      const answered = [...(answer['Responses'] as readonly unknown[])];
      const Responses = kept.map((isKept) => (isKept ? { Error: random.pick(STATEMENT_ERRORS) } : answered.shift()));
      return { ...answer, Responses };
    },
  };
}

const STATEMENT_ERRORS = [
  { Code: 'ProvisionedThroughputExceeded', Message: 'The request rate is above the provisioned throughput.' },
  { Code: 'ThrottlingError', Message: 'The request rate is too high.' },
  { Code: 'InternalServerError', Message: 'The statement was not carried out.' },
] as const;
