import type { Random } from '@hybridge/load';
import type { JsonObject } from './http-proxy.ts';

/** A `PutEvents` call of which some entries are refused. */
export interface WithheldEvents {
  /** What the bus is asked for; undefined when every entry is refused. */
  readonly request: JsonObject | undefined;
  /** The bus's answer to that part (undefined: it was not asked), completed to an answer to the whole call. */
  complete(answer: JsonObject | undefined): JsonObject;
}

const ERRORS = ['ThrottlingException', 'InternalFailure'] as const;

/** At least one entry is refused, possibly all: unlike DynamoDB, the bus answers 200 then. */
export function withholdEvents(request: JsonObject, random: Random): WithheldEvents {
  const entries = entriesOf(request);
  const refused = entries.map(() => random.roll(2) === 0);
  if (entries.length > 0) refused[random.roll(entries.length)] = true;
  const passed = entries.filter((_, i) => refused[i] === false);
  return {
    request: passed.length === 0 ? undefined : { ...request, Entries: passed },
    complete: (answer) => {
      const answered = [...(answer === undefined ? [] : entriesOf(answer))];
      const Entries = refused.map((isRefused) =>
        isRefused ? { ErrorCode: random.pick(ERRORS), ErrorMessage: 'refused by the fault proxy' } : answered.shift(),
      );
      const FailedEntryCount = Entries.filter((entry) => entry !== undefined && 'ErrorCode' in entry).length;
      return { ...answer, Entries, FailedEntryCount };
    },
  };
}

export const entriesOf = (body: JsonObject): readonly JsonObject[] => (body['Entries'] ?? []) as readonly JsonObject[];
