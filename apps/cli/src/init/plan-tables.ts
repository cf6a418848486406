import {
  type Relation,
  RelationKind,
  ReplicaIdentity,
  type SchemaColumn,
  type SchemaKey,
  relationName,
} from '@hybridge/reader-schema';
import { SourceKind } from '@hybridge/views';
import { engineProblem, unreadableColumn } from '../schema/binlog-table.ts';
import { codecsOf } from '../schema/codecs.ts';
import { sqlIdentifier, sqlNames, sqlTable } from '../schema/sql-text.ts';
import type { FoundSource, LeftOut, PlannedColumn, PlannedTable, Refusal } from './plan.ts';
import { notesOf } from './table-notes.ts';

interface Problem {
  readonly reason: string;
  readonly fix?: string;
}

/** The tables of a source that definitions can have, and why not the others. Partitions are their root's. */
export function planTables(source: FoundSource): {
  readonly tables: readonly PlannedTable[];
  readonly refused: readonly Refusal[];
} {
  const tables: PlannedTable[] = [];
  const refused: Refusal[] = [];
  for (const relation of source.relations) {
    if (relation.kind === RelationKind.partition || isOwn(relation)) continue;
    const planned = planTable(source, relation);
    if ('reason' in planned) refused.push({ source: source.name, relation: relationName(relation), ...planned });
    else tables.push(planned);
  }
  return { tables, refused };
}

/** Hybridge's own tables, which no view shows. */
const isOwn = ({ name }: Relation): boolean => name.startsWith('hybridge_');

function planTable(source: FoundSource, relation: Relation): PlannedTable | Problem {
  const problem =
    kindProblem(relation) ?? nameProblem(source.kind, relation) ?? unreadableColumn(source.kind, relation);
  if (problem !== undefined) return problem;
  const key = keyOf(source.kind, relation);
  if ('reason' in key) return key;
  const columns = relation.columns.map((column) => planColumn(source.kind, column));
  const leftOut = columns.filter((column): column is LeftOut => 'reason' in column);
  const lost = leftOut.find(({ name }) => key.columns.includes(name));
  if (lost !== undefined) {
    return {
      reason: `column ${lost.name} of its key cannot be used: ${lost.reason}`,
      fix: 'give the table a key of other columns',
    };
  }
  const planned = columns.filter((column): column is PlannedColumn => 'codec' in column);
  const unfit = planned.find(({ name, codec }) => codec.noKey !== undefined && key.columns.includes(name));
  if (unfit !== undefined) return { reason: `column ${unfit.name} cannot be of its key: ${unfit.codec.noKey}` };
  return {
    source: source.name,
    relation,
    primaryKey: key.columns,
    columns: planned,
    leftOut,
    notes: notesOf(source.kind, relation, key),
  };
}

const WRONG_KINDS: Partial<Record<RelationKind, Problem>> = {
  [RelationKind.view]: { reason: 'a view: the log tells of changes to tables only, so name its tables instead' },
  [RelationKind.materializedView]: {
    reason: 'a materialized view: the log tells nothing of its refreshes, so name its tables instead',
  },
  [RelationKind.foreignTable]: {
    reason: 'its rows are on another server, whose log tells of them: make that server a source of its own',
  },
};

function kindProblem(relation: Relation): Problem | undefined {
  const wrong = WRONG_KINDS[relation.kind];
  const problem = wrong ?? engineProblem(relation);
  if (problem !== undefined) return problem;
  if (relation.unlogged) {
    return {
      reason: 'its changes are not in the log',
      fix: `ALTER TABLE ${sqlTable(relationName(relation))} SET LOGGED`,
    };
  }
  return relation.hasHeirs
    ? {
        reason: 'other tables inherit from it: a SELECT returns their rows too, while the log names the heirs',
        fix: 'take the heirs as tables, or partition the table instead',
      }
    : undefined;
}

/** Kafka's rule for names of topics, without the dot that parts them. */
const TOPIC_PART = /^[A-Za-z0-9_-]+$/;

function nameProblem(kind: SourceKind, relation: Relation): Problem | undefined {
  if (TOPIC_PART.test(relation.schema) && TOPIC_PART.test(relation.name)) return undefined;
  const { identifier } = sqlNames(kind);
  return {
    reason: `a topic is named after it, and Kafka takes only letters, digits, "_" and "-" in names`,
    fix: TOPIC_PART.test(relation.name)
      ? `rename the ${kind === SourceKind.postgres ? 'schema' : 'database'} ${relation.schema}`
      : `ALTER TABLE ${identifier(relation.schema)}.${identifier(relation.name)} RENAME TO … (a view of the old name keeps old programs going)`,
  };
}

/** The primary key, or the unique index that the log identifies rows by. */
function keyOf(kind: SourceKind, relation: Relation): SchemaKey | Problem {
  const { identifier, table } = sqlNames(kind);
  if (relation.primaryKey !== undefined) return relation.primaryKey;
  const required = new Set(relation.columns.filter(({ nullable }) => !nullable).map(({ name }) => name));
  const keys = relation.uniqueKeys.filter(({ columns }) => columns.every((name) => required.has(name)));
  const [first] = keys;
  if (first === undefined) {
    return {
      reason: 'it has no primary key, and no unique index over columns that are NOT NULL',
      fix: `ALTER TABLE ${table(relationName(relation))} ADD PRIMARY KEY (…)`,
    };
  }
  const identity = keys.find(({ columns }) => sameColumns(columns, relation.identityColumns));
  if (relation.replicaIdentity === ReplicaIdentity.index && identity !== undefined) return identity;
  if (relation.replicaIdentity === ReplicaIdentity.full) return first;
  return {
    reason: 'it has no primary key, and the log does not say which row an update or delete means',
    fix: isIndexUsable(relation)
      ? `ALTER TABLE ${sqlTable(relationName(relation))} ADD PRIMARY KEY USING INDEX ${sqlIdentifier(first.name)}; ` +
        `or REPLICA IDENTITY USING INDEX ${sqlIdentifier(first.name)}, and init again`
      : `ALTER TABLE ${table(relationName(relation))} ADD PRIMARY KEY (${first.columns.map(identifier).join(', ')})`,
  };
}

/** Only PostgreSQL tells the identity, and only there an index becomes a primary key in place. */
const isIndexUsable = (relation: Relation): boolean =>
  relation.replicaIdentity !== undefined && relation.kind === RelationKind.table;

const sameColumns = (a: readonly string[], b: readonly string[] | undefined): boolean =>
  b !== undefined && a.length === b.length && a.every((name) => b.includes(name));

function planColumn(kind: SourceKind, column: SchemaColumn): PlannedColumn | LeftOut {
  const { name, nullable } = column;
  if (name === '__proto__') return { name, reason: 'no object can have a field of this name' };
  if (column.generated !== undefined) return { name, reason: generatedReason(kind, column.generated) };
  const [codec] = codecsOf(kind, column);
  return codec === undefined
    ? { name, reason: `there is no codec for the type ${column.declared}` }
    : { name, codec, nullable };
}

const generatedReason = (kind: SourceKind, generated: 'stored' | 'virtual'): string =>
  kind === SourceKind.postgres && generated === 'stored'
    ? 'generated, and PostgreSQL before 18 does not replicate such columns; compute it in the view'
    : 'generated, and the log need not have it; compute it in the view';
