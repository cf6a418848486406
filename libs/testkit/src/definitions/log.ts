import { type JsonValue, formatJson } from '@hybridge/contracts';
import { SourceKind, UNAVAILABLE, type AnyTable, type Row } from '@hybridge/views';
import { type Cell, type ChangeEventInput, changeEvent } from '../change-event.ts';
import { type TestChange, type TestRow, jsonOf } from './rows.ts';

/** A record of a table's topic. */
export interface LogRecord {
  readonly topic: string;
  readonly table: AnyTable;
  readonly partition: number;
  readonly epoch: number;
  readonly offset: bigint;
  /** The primary key as JSON. */
  readonly key: string;
  readonly value: string;
}

/** SQL of the tables of a test: what was committed, and the records that tell of it. */
export interface SqlLog {
  readonly records: readonly LogRecord[];
  /** Keys of all rows that ever were, in the order in which the test named them. */
  readonly keys: readonly { readonly table: AnyTable; readonly key: Row }[];
  snapshot(row: TestRow): void;
  commit(change: TestChange): void;
  /** The row as it is after all commits so far. */
  rowOf(table: AnyTable, key: Row): Row | undefined;
  /** The row as it ever was, oldest first. */
  everOf(table: AnyTable, key: Row): readonly Row[];
}

/** Keys of one table spread over so many. */
const PARTITIONS = 3;

export function createSqlLog(): SqlLog {
  const rows = new Map<string, Row>();
  const keys = new Map<string, { readonly table: AnyTable; readonly key: Row }>();
  const ever = new Map<string, Row[]>();
  const partitions = new Map<string, number>();
  const records: LogRecord[] = [];
  let position = 1000;

  const put = (id: string, cells: Row): void => {
    rows.set(id, cells);
    ever.set(id, [...(ever.get(id) ?? []), cells]);
  };
  const append = (table: AnyTable, row: Row, event: Pick<ChangeEventInput, 'op' | 'before' | 'after'>): void => {
    const id = idOf(table, row);
    keys.set(id, { table, key: keyOf(table, row) });
    const partition = partitions.get(id) ?? partitions.size % PARTITIONS;
    partitions.set(id, partition);
    position += 10;
    records.push({
      topic: topicOf(table),
      table,
      partition,
      epoch: 1,
      offset: BigInt(records.length),
      key: formatJson(jsonOf(table, keyOf(table, row))),
      value: changeEvent({ table: table.name, transaction: position, ...placeAt(table, position), ...event }),
    });
  };

  return {
    records,
    get keys() {
      return [...keys.values()];
    },
    rowOf: (table, key) => rows.get(idOf(table, key)),
    everOf: (table, key) => ever.get(idOf(table, key)) ?? [],
    snapshot({ table, cells }) {
      put(idOf(table, cells), cells);
      append(table, cells, { op: 'r', after: cellsOf(table, cells) });
    },
    commit({ op, row, set, unavailable }) {
      const id = idOf(row.table, row.cells);
      const before = keyOf(row.table, row.cells);
      if (op === 'd') {
        rows.delete(id);
        return append(row.table, row.cells, { op, before: cellsOf(row.table, before) });
      }
      const cells = { ...(rows.get(id) ?? row.cells), ...set };
      put(id, cells);
      const left = Object.fromEntries(
        unavailable.flatMap((name) =>
          cells[name] === undefined || 'NULL' in cells[name] ? [] : [[name, UNAVAILABLE]],
        ),
      );
      append(row.table, cells, { op, after: { ...cellsOf(row.table, cells), ...left } });
    },
  };
}

const keyOf = (table: AnyTable, row: Row): Row =>
  Object.fromEntries((table.primaryKey as readonly string[]).map((name) => [name, row[name] as Row[string]]));

const topicOf = (table: AnyTable): string => `${table.source.name}.${table.name}`;

const idOf = (table: AnyTable, row: Row): string => `${topicOf(table)} ${JSON.stringify(keyOf(table, row))}`;

/** The JSON is the same; only the types of its numbers differ. */
const cellsOf = (table: AnyTable, row: Row): { readonly [column: string]: Cell } =>
  jsonOf(table, row) as { readonly [column: string]: JsonValue } as { readonly [column: string]: Cell };

const placeAt = (table: AnyTable, position: number): Pick<ChangeEventInput, 'lsn' | 'binlog'> =>
  table.source.kind === SourceKind.postgres
    ? { lsn: position }
    : { binlog: { kind: table.source.kind, pos: position } };
