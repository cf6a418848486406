import {
  type Relation,
  RelationKind,
  ReplicaIdentity,
  type SchemaColumn,
  type SchemaForeignKey,
  type Selection,
  TypeShape,
} from '../relation.ts';
import { COLUMNS, FOREIGN_KEYS, KEYS, RELATIONS } from './relation-queries.ts';
import { type Session, type TextRow, isTrue, present, quoted, texts } from './session.ts';

/** Where the server has no estimate, rows are counted up to here: enough to tell a lookup table from a large one. */
const MAX_COUNTED = 10_000;

/** @throws SchemaReadError */
export async function readRelations(session: Session, selection: Selection = {}): Promise<readonly Relation[]> {
  const found = await session.query(RELATIONS, [selection.schemas ?? null, selection.tables ?? null]);
  const ids = [found.map(({ id }) => id)];
  const columns = byId(await session.query(COLUMNS, ids));
  const keys = byId(await session.query(KEYS, ids));
  const foreignKeys = byId(await session.query(FOREIGN_KEYS, ids));
  const relations: Relation[] = [];
  for (const row of found) {
    const id = row['id'] as string;
    const relation = {
      ...headOf(row),
      columns: (columns.get(id) ?? []).map(columnOf),
      ...keysOf(keys.get(id) ?? []),
      foreignKeys: (foreignKeys.get(id) ?? []).map(foreignKeyOf),
    };
    const rows = await rowsOf(session, relation, row['rows']);
    relations.push({ ...relation, ...(rows === undefined ? {} : { rows }) });
  }
  return relations;
}

function byId(rows: readonly TextRow[]): ReadonlyMap<string, readonly TextRow[]> {
  const groups = new Map<string, TextRow[]>();
  for (const row of rows) {
    const group = groups.get(row['id'] as string);
    if (group === undefined) groups.set(row['id'] as string, [row]);
    else group.push(row);
  }
  return groups;
}

const KINDS: Readonly<Record<string, RelationKind>> = {
  r: RelationKind.table,
  p: RelationKind.partitioned,
  v: RelationKind.view,
  m: RelationKind.materializedView,
  f: RelationKind.foreignTable,
};

const IDENTITIES: Readonly<Record<string, ReplicaIdentity>> = {
  d: ReplicaIdentity.default,
  n: ReplicaIdentity.nothing,
  f: ReplicaIdentity.full,
  i: ReplicaIdentity.index,
};

const headOf = (row: TextRow) => ({
  schema: row['schema'] as string,
  name: row['name'] as string,
  kind: isTrue(row['is_partition']) ? RelationKind.partition : (KINDS[row['kind'] ?? ''] as RelationKind),
  ...present('comment', row['comment']),
  replicaIdentity: IDENTITIES[row['identity'] ?? ''] as ReplicaIdentity,
  unlogged: row['persistence'] === 'u',
  hasHeirs: isTrue(row['has_heirs']),
  truncaters: texts(row['truncaters']),
});

const columnOf = (row: TextRow): SchemaColumn => ({
  name: row['name'] as string,
  type: row['type'] as string,
  shape: shapeOf(row),
  declared: row['declared'] as string,
  nullable: !isTrue(row['required']),
  ...(row['generated'] === 's' ? { generated: 'stored' as const } : {}),
  ...(row['generated'] === 'v' ? { generated: 'virtual' as const } : {}),
  identity: isTrue(row['identity']),
  ...present('default', row['default']),
  ...present('comment', row['comment']),
  ...present('collation', row['collation']),
  outOfLine: isTrue(row['out_of_line']),
});

const SHAPES: Readonly<Record<string, TypeShape>> = {
  e: TypeShape.enum,
  c: TypeShape.composite,
  r: TypeShape.range,
  m: TypeShape.range,
};

const shapeOf = (row: TextRow): TypeShape =>
  isTrue(row['is_array']) ? TypeShape.array : (SHAPES[row['shape'] ?? ''] ?? TypeShape.base);

function keysOf(rows: readonly TextRow[]): Pick<Relation, 'primaryKey' | 'uniqueKeys' | 'identityColumns'> {
  const keyOf = (row: TextRow) => ({ name: row['name'] as string, columns: texts(row['columns']) });
  const primary = rows.find((row) => isTrue(row['is_primary']));
  const identity = rows.find((row) => isTrue(row['is_identity']));
  return {
    ...(primary === undefined ? {} : { primaryKey: keyOf(primary) }),
    uniqueKeys: rows.filter((row) => row !== primary).map(keyOf),
    ...(identity === undefined ? {} : { identityColumns: texts(identity['columns']) }),
  };
}

const foreignKeyOf = (row: TextRow): SchemaForeignKey => ({
  name: row['name'] as string,
  columns: texts(row['columns']),
  references: {
    schema: row['schema'] as string,
    table: row['table'] as string,
    columns: texts(row['referenced']),
  },
});

async function rowsOf(
  session: Session,
  { schema, name, kind }: Pick<Relation, 'schema' | 'name' | 'kind'>,
  estimate: string | null | undefined,
): Promise<number | undefined> {
  if (kind !== RelationKind.table && kind !== RelationKind.partitioned) return undefined;
  if (estimate != null && Number(estimate) >= 0) return Number(estimate);
  const from = `${quoted(schema)}.${quoted(name)}`;
  try {
    const [row] = await session.query(
      `select count(*) as rows from (select from ${from} limit ${MAX_COUNTED + 1}) as few`,
    );
    const rows = Number(row?.['rows']);
    return rows > MAX_COUNTED ? undefined : rows;
  } catch {
    return undefined; // whoever may read the catalog may not read every table
  }
}
