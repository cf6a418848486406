import { type Item, type ItemKey, committedAtOf } from '@hybridge/protocol';
import { type AnyView, type DueEvent, type Row, dueEvents } from '@hybridge/views';
import { StreamPipeError } from './errors.ts';
import { type OutgoingMessage, identityOfTruth, messageOf } from './message.ts';

export interface DomainInput {
  readonly view: AnyView;
  readonly key: ItemKey;
  /** The key columns. */
  readonly row: Row;
  readonly before: Item | undefined;
  readonly after: Item;
  /** When the record was written, milliseconds since 1970: stands in where the item has no commit time. */
  readonly at: number;
  readonly fits: (message: OutgoingMessage) => boolean;
}

/** The events a view's definition makes of one write. A definition that fails gives its error in the place of its event. */
export const domainEventsOf = (input: DomainInput): readonly (OutgoingMessage | StreamPipeError)[] =>
  dueEvents(input).map((due) => eventOf(input, due));

function eventOf(input: DomainInput, { event, index, change, version }: DueEvent): OutgoingMessage | StreamPipeError {
  const { view, key } = input;
  const fail = (problem: string, cause?: unknown): StreamPipeError =>
    new StreamPipeError('HYBRIDGE_STREAM_PIPE_EVENT_FAILED', `${event.contract.detailType}: ${problem}`, {
      cause,
      detailType: event.contract.detailType,
    });
  try {
    const data = event.data(change());
    if (typeof data !== 'object' || data === null)
      return fail(`its definition gave ${String(data)} instead of an object`);
    const message = messageOf(
      event.contract,
      {
        kind: 'event',
        view: view.name,
        key,
        at: committedAtOf(input.after) ?? input.at,
        itemVersion: version,
        identity: identityOfTruth(key, version, index),
      },
      data,
    );
    return input.fits(message) ? message : fail('too large for the bus');
  } catch (cause) {
    return fail(cause instanceof Error ? cause.message : String(cause), cause);
  }
}
