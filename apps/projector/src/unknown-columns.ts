import { parseChangeEvent } from '@hybridge/contracts';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { type AnyTable, type Catalog, unknownColumnsOf } from '@hybridge/views';
import { sourceOfTopic } from './topics.ts';

/** Records of a topic between two that are looked at. */
const LOOK_AT_EVERY = 1_000;

export interface ColumnWatchOptions {
  readonly catalog: Catalog;
  readonly topicPrefix?: string;
  /** Told the table and its unknown columns, also when there are none. */
  readonly onLook: (table: AnyTable, unknown: readonly string[]) => void;
}

/**
 * Looks at the first record of each topic, and at one in a thousand then: columns SQL has and no definition knows are
 * ignored, and should not go unnoticed.
 */
export function createColumnWatch(options: ColumnWatchOptions): (record: ChangeRecord) => void {
  const seen = new Map<string, number>();
  return (record) => {
    const count = seen.get(record.topic) ?? 0;
    seen.set(record.topic, count + 1);
    if (count % LOOK_AT_EVERY === 0) look(record, options);
  };
}

function look(record: ChangeRecord, { catalog, topicPrefix, onLook }: ColumnWatchOptions): void {
  try {
    const { table, after } = parseChangeEvent(record.value ?? '');
    const definition = catalog.byTable(sourceOfTopic(record.topic, topicPrefix), table)[0]?.table as
      AnyTable | undefined;
    if (after !== undefined && definition !== undefined) onLook(definition, unknownColumnsOf(definition, after));
  } catch {
    // Whoever reads the record says what is wrong with it.
  }
}
