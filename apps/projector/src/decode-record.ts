import { type ChangeEvent, ChangeOperationCode, parseChangeEvent, parseInboxRow } from '@hybridge/contracts';
import { formatKey } from '@hybridge/protocol';
import type { ChangeRecord } from '@hybridge/source-kafka';
import {
  type AnyView,
  type Catalog,
  changeDecoder,
  decodeAnswer,
  decodeRowChange,
  isSnapshot,
  provenanceOf,
} from '@hybridge/views';
import { ProjectorError } from './errors.ts';
import { sourceOfTopic } from './topics.ts';
import type { TruncateWork, Work } from './work.ts';

export interface DecodeOptions {
  readonly catalog: Catalog;
  /** What stands before the name of the source in topics; default nothing. */
  readonly topicPrefix?: string;
  /** Snapshot records older than this may only fence a key (protocol, rule 9). Milliseconds. */
  readonly agedAfterMs: number;
  readonly nowMs: number;
  /**
   * Tables (`source.schema.table`) whose updates are skipped for views they change no column of; default none. Only for tables
   * with `REPLICA IDENTITY FULL` (any other before image holds NULL for what it does not know) and views that are loaded:
   * an incremental snapshot leaves out rows that change meanwhile, and only their events bring them.
   */
  readonly skipUnchanged?: ReadonlySet<string>;
  /** Told of each view for which an update changed no column, and which therefore gets no work. */
  readonly onUnchanged?: (view: AnyView) => void;
}

/**
 * What one record means for the items of all views; empty for records that mean nothing.
 * @throws ProjectorError naming the record when it cannot be read
 */
export function decodeRecord(record: ChangeRecord, options: DecodeOptions): readonly Work[] {
  const { value } = record;
  if (value === undefined) return []; // the Kafka tombstone behind a delete: only compaction needs it
  return reading(record, () => {
    const event = parseChangeEvent(value);
    const source = sourceOfTopic(record.topic, options.topicPrefix);
    if (event.op === ChangeOperationCode.truncate) return [truncateOf(record, event, source)];
    if (event.table === options.catalog.inboxOf(source)) return decodeInbox(record, event, source, options);
    return decodeChange(record, event, options.catalog.byTable(source, event.table), options);
  });
}

/** The same of a change event, for one of the views of its table. @throws as `decodeRecord` */
export const decodeForView = (
  record: ChangeRecord,
  event: ChangeEvent,
  view: AnyView,
  options: DecodeOptions,
): readonly Work[] => reading(record, () => decodeChange(record, event, [view], options));

function reading(record: ChangeRecord, read: () => readonly Work[]): readonly Work[] {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof ProjectorError) throw cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ProjectorError('HYBRIDGE_PROJECTOR_RECORD_UNREADABLE', record, problem, { cause });
  }
}

/** Under a key of its own, so that it holds nothing up: what is written beside it, the last sweep sees. */
const truncateOf = (record: ChangeRecord, event: ChangeEvent, source: string): TruncateWork => ({
  kind: 'truncate',
  key: { pk: 'C#truncate', sk: `${source}.${event.table}` },
  event: { ...provenanceOf(record, event), source, table: event.table },
});

function decodeChange(
  record: ChangeRecord,
  event: ChangeEvent,
  views: readonly AnyView[],
  options: DecodeOptions,
): readonly Work[] {
  const work: Work[] = [];
  const unchanged: AnyView[] = [];
  for (const view of views) {
    if (isUnchanged(event, view, options)) unchanged.push(view);
    else work.push(decodeRow(record, event, view, options));
  }
  for (const view of unchanged) options.onUnchanged?.(view); // not before every view could read the record
  return work;
}

/** An update of columns the view does not have: the truth of its item stays the same, so there is nothing to write. */
const isUnchanged = (event: ChangeEvent, view: AnyView, options: DecodeOptions): boolean =>
  event.op === ChangeOperationCode.update &&
  event.before !== undefined &&
  event.after !== undefined &&
  options.skipUnchanged?.has(`${view.table.source.name}.${event.table}`) === true &&
  changeDecoder(view).agree(event.before, event.after);

function decodeRow(record: ChangeRecord, event: ChangeEvent, view: AnyView, options: DecodeOptions): Work {
  const snapshot = isSnapshot(event);
  const aged = snapshot && options.nowMs - record.timestamp > options.agedAfterMs;
  const { key, epoch, offset } = record;
  return { kind: 'row', view, snapshot, ...decodeRowChange(view, event, { key, epoch, offset, aged }) };
}

function decodeInbox(
  record: ChangeRecord,
  event: ChangeEvent,
  source: string,
  options: DecodeOptions,
): readonly Work[] {
  if (event.after === undefined) return []; // an old answer was cleaned up
  const answer = parseInboxRow(event.after);
  const view = options.catalog.byName(answer.view);
  if (view.table.source.name !== source) {
    throw new Error(`the inbox of source ${source} answers for ${view.name}, which is of ${view.table.source.name}`);
  }
  const keyRow = options.catalog.byKey(answer.key)?.row;
  if (keyRow === undefined) throw new Error(`${formatKey(answer.key)} is not the key of an item of ${view.name}`);
  const { signal, links } = decodeAnswer(view, answer, provenanceOf(record, event));
  return [{ kind: 'settle', view, key: answer.key, keyRow, signal, links }];
}
