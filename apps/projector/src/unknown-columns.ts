import { parseChangeEvent } from '@hybridge/contracts';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { type Catalog, unknownColumnsOf } from '@hybridge/views';

/** Records of a topic between two that are looked at. */
const LOOK_AT_EVERY = 1_000;

/**
 * Looks at the first record of each topic, and at one in a thousand then: columns SQL has and no definition knows are
 * ignored, and should not go unnoticed.
 * @param onLook told the table and its unknown columns, also when there are none
 */
export function createColumnWatch(
  catalog: Catalog,
  onLook: (table: string, unknown: readonly string[]) => void,
): (record: ChangeRecord) => void {
  const seen = new Map<string, number>();
  return (record) => {
    const count = seen.get(record.topic) ?? 0;
    seen.set(record.topic, count + 1);
    if (count % LOOK_AT_EVERY === 0) look(record, catalog, onLook);
  };
}

function look(
  record: ChangeRecord,
  catalog: Catalog,
  onLook: (table: string, unknown: readonly string[]) => void,
): void {
  try {
    const { table, after } = parseChangeEvent(record.value ?? '');
    const definition = catalog.byTable(table)[0]?.table;
    if (after !== undefined && definition !== undefined) onLook(table, unknownColumnsOf(definition, after));
  } catch {
    // Whoever reads the record says what is wrong with it.
  }
}
