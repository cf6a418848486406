import { type Attributes, type Item, type Version, sameValue } from '@hybridge/protocol';
import type { Document, DomainChange, DomainEvent } from './domain-event.ts';
import { unpackColumns } from './layout.ts';
import { type Row, toOwnDocument, toSqlText } from './row.ts';
import { type TruthChange, truthChangeOf } from './truth-change.ts';
import type { AnyView } from './view.ts';

/** One write to an item. */
export interface ItemWrite {
  readonly view: AnyView;
  /** The key columns. */
  readonly row: Row;
  readonly before: Item | undefined;
  readonly after: Item;
}

/** A domain event that one write calls for. */
export interface DueEvent {
  readonly event: DomainEvent;
  /** Its place in the definition. */
  readonly index: number;
  /** What its `data` is made from. @throws ViewError when the item holds a value that is none of its type */
  readonly change: () => DomainChange<Document>;
  /** Version of the truth it tells of. */
  readonly version: Version;
}

/** The events a view's definition makes of one write, in the order of the definition. */
export function dueEvents({ view, row, before, after }: ItemWrite): readonly DueEvent[] {
  if (view.events.length === 0) return [];
  const truth = truthChangeOf(before, after, view.mode);
  if (truth === undefined) return [];
  const changed = changedAttributes(view, truth);
  const change = () => domainChange(view, row, truth, changed);
  return view.events.flatMap((event, index) =>
    concerns(event, truth, changed) ? [{ event, index, change, version: truth.version }] : [],
  );
}

const concerns = (event: DomainEvent, truth: TruthChange, changed: readonly string[]): boolean =>
  event.on === truth.kind && (event.on !== 'changed' || event.attributes.some((name) => changed.includes(name)));

function domainChange(view: AnyView, row: Row, truth: TruthChange, changed: readonly string[]): DomainChange<Document> {
  const documentOf = (columns: Attributes | undefined): Document | undefined =>
    columns === undefined ? undefined : toOwnDocument(view, columns);
  return {
    before: documentOf(truth.before),
    after: documentOf(truth.after),
    key: Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, toSqlText(view.table, name, value) ?? '']),
    ),
    changed,
  };
}

/** Attributes whose values differ; all of them when one side is not known. */
function changedAttributes(view: AnyView, truth: TruthChange): readonly string[] {
  if (truth.before === undefined || truth.after === undefined) return view.documentNames;
  const [before, after] = [unpackColumns(view, truth.before), unpackColumns(view, truth.after)];
  return view.documentNames.filter((name) => !sameValue(before[name], after[name]));
}
