import { type Attributes, type Item, type ItemKey, committedAtOf, sameValue } from '@hybridge/protocol';
import {
  type AnyView,
  type Document,
  type DomainChange,
  type DomainEvent,
  type Row,
  toDocument,
  toSqlText,
  unpackColumns,
} from '@hybridge/views';
import { StreamPipeError } from './errors.ts';
import { type OutgoingMessage, identityOfTruth, messageOf } from './message.ts';
import { type TruthChange, truthChangeOf } from './truth-change.ts';

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
export function domainEventsOf(input: DomainInput): readonly (OutgoingMessage | StreamPipeError)[] {
  if (input.view.events.length === 0) return [];
  const truth = truthChangeOf(input.before, input.after, input.view.mode);
  if (truth === undefined) return [];
  const changed = changedAttributes(input.view, truth);
  return input.view.events.flatMap((event, index) =>
    concerns(event, truth, changed) ? [eventOf(input, truth, changed, { event, index })] : [],
  );
}

/** Attributes whose values differ; all of them when one side is not known. */
function changedAttributes(view: AnyView, truth: TruthChange): readonly string[] {
  if (truth.before === undefined || truth.after === undefined) return view.attributeNames;
  const [before, after] = [unpackColumns(view, truth.before), unpackColumns(view, truth.after)];
  return view.attributeNames.filter((name) => !sameValue(before[name], after[name]));
}

const concerns = (event: DomainEvent, truth: TruthChange, changed: readonly string[]): boolean =>
  event.on === truth.kind && (event.on !== 'changed' || event.attributes.some((name) => changed.includes(name)));

function eventOf(
  input: DomainInput,
  truth: TruthChange,
  changed: readonly string[],
  { event, index }: { event: DomainEvent; index: number },
): OutgoingMessage | StreamPipeError {
  const { view, key } = input;
  const fail = (problem: string, cause?: unknown): StreamPipeError =>
    new StreamPipeError('HYBRIDGE_STREAM_PIPE_EVENT_FAILED', `${event.contract.detailType}: ${problem}`, {
      cause,
      detailType: event.contract.detailType,
    });
  try {
    const data = event.data(domainChange(input, truth, changed));
    if (typeof data !== 'object' || data === null)
      return fail(`its definition gave ${String(data)} instead of an object`);
    const message = messageOf(
      event.contract,
      {
        kind: 'event',
        view: view.name,
        key,
        at: committedAtOf(input.after) ?? input.at,
        itemVersion: truth.version,
        identity: identityOfTruth(key, truth.version, index),
      },
      data,
    );
    return input.fits(message) ? message : fail('too large for the bus');
  } catch (cause) {
    return fail(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function domainChange(input: DomainInput, truth: TruthChange, changed: readonly string[]): DomainChange<Document> {
  const { view, row } = input;
  const documentOf = (columns: Attributes | undefined): Document | undefined =>
    columns === undefined ? undefined : toDocument(view, columns);
  return {
    before: documentOf(truth.before),
    after: documentOf(truth.after),
    key: Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, toSqlText(view.table, name, value) ?? '']),
    ),
    changed,
  };
}
