import { ContractError, type JsonValue, parseChangeEvent, parseJson } from '@hybridge/contracts';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { type AnyView, type ChangeKey, ViewError, changeDecoder, provenanceOf, shapeOf } from '@hybridge/views';
import { unstorable } from '../apply.ts';
import { type DecodeOptions, decodeRecord } from '../decode-record.ts';
import { ProjectorError } from '../errors.ts';
import { explainRecord, lacksColumn, workWithoutColumn } from '../schema-change.ts';
import { sourceOfTopic, tableOfTopic } from '../topics.ts';
import type { ParkWork, Work } from '../work.ts';

/**
 * What a record means, also when it cannot be read: as long as its key can, it parks its items and nothing else waits.
 * @throws ProjectorError when the record's partition has to halt: its key is unreadable, or a column is gone, so that no
 *   record of the table can be read
 */
export function readRecord(record: ChangeRecord, options: DecodeOptions): readonly Work[] {
  try {
    return decodeRecord(record, options);
  } catch (error) {
    if (lacksColumn(error)) return workWithoutColumn(record, error, options);
    const parked = isOfOneRecord(error) ? parkWork(record, error, options) : [];
    if (parked.length === 0) throw error;
    return parked;
  }
}

/** Malformed, or a value that is none of its type. A missing column is a matter of the whole table. */
function isOfOneRecord(error: unknown): error is ProjectorError {
  if (!(error instanceof ProjectorError) || error.code !== 'HYBRIDGE_PROJECTOR_RECORD_UNREADABLE') return false;
  const { cause } = error;
  return cause instanceof ContractError || (cause instanceof ViewError && cause.code === 'HYBRIDGE_VIEW_VALUE_INVALID');
}

/** The items of the record's key, in every view of its table; none if not even the key can be read. */
function parkWork(record: ChangeRecord, error: ProjectorError, options: DecodeOptions): readonly ParkWork[] {
  const source = sourceOfTopic(record.topic, options.topicPrefix);
  const table = tableOfTopic(record.topic, options.topicPrefix);
  try {
    const keyJson = parseJson(record.key ?? '') as { readonly [column: string]: JsonValue };
    const reason = explainRecord(record, options) ?? error.message;
    return options.catalog.byTable(source, table).map((view) => parkWorkOf(view, keyJson, { record, reason }));
  } catch {
    return [];
  }
}

function parkWorkOf(
  view: AnyView,
  keyJson: { readonly [column: string]: JsonValue },
  { record, reason }: { readonly record: ChangeRecord; readonly reason: string },
): ParkWork {
  const { key, row: keyRow, move } = placeOf(record, view) ?? changeDecoder(view).keyOf(keyJson, 'key');
  const change = changeOf(record, { view, key, reason });
  return { kind: 'park', view, key, keyRow, reason, change, ...(move && { move }) };
}

/** Where a row belongs whose items move, if it can be told. */
function placeOf(record: ChangeRecord, view: AnyView): ChangeKey | undefined {
  if (!view.moves) return undefined;
  try {
    const { after } = parseChangeEvent(record.value ?? '');
    return after === undefined ? undefined : changeDecoder(view).keyOf(after);
  } catch {
    return undefined;
  }
}

/** The change as one that cannot be stored, if its place in commit order can be read. */
function changeOf(record: ChangeRecord, { view, key, reason }: Pick<ParkWork, 'view' | 'key' | 'reason'>) {
  try {
    const provenance = provenanceOf(record, parseChangeEvent(record.value ?? ''));
    const change = { ...provenance, key, kind: 'delete', columns: {}, shape: shapeOf(view) } as const;
    return unstorable(change, reason);
  } catch {
    return undefined;
  }
}
