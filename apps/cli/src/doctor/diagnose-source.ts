import {
  type BinlogReader,
  type PostgresReader,
  type RightRequest,
  RelationKind,
  SchemaReadError,
  openSchemaReader,
  relationName,
} from '@hybridge/reader-schema';
import { DEFAULT_PUBLICATION, SqlRole, slotName, usedTables } from '@hybridge/setup';
import { type AnyView, type Catalog, type Source, columnsOfView } from '@hybridge/views';
import { checkBinlog } from './check-binlog.ts';
import { checkBinlogRights } from './check-binlog-rights.ts';
import { checkClock } from './check-clock.ts';
import { checkPostgres, checkPublication } from './check-postgres.ts';
import { checkReplica } from './check-replica.ts';
import { checkRights, rightsNeeded } from './check-rights.ts';
import { type Database, type DefinedTable, checkInbox, checkTables } from './check-tables.ts';
import { type Finding, error } from './finding.ts';

export interface SourceOptions {
  readonly catalog: Catalog;
  readonly source: Source;
  readonly url: string;
  /** A standby that fills read from. */
  readonly replicaUrl?: string;
  /** `schema.table` of those whose unchanged updates the projector skips. */
  readonly skipUnchanged?: readonly string[];
}

/** What is wrong with one source database. Never throws: a database that does not answer is a finding. */
export async function diagnoseSource(options: SourceOptions): Promise<readonly Finding[]> {
  const { source, url, replicaUrl } = options;
  return [
    ...(await asking(source.name, url, async () => {
      await using reader = await openSchemaReader(url);
      if (reader.kind !== source.kind) return [wrongKind(source, reader.kind)];
      return await (reader.kind === 'postgres' ? ofPostgres(options, reader) : ofBinlog(options, reader));
    })),
    ...(replicaUrl === undefined ? [] : await asking(source.name, replicaUrl, () => ofReplica(source, replicaUrl))),
  ];
}

async function asking(
  source: string,
  url: string,
  task: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await task();
  } catch (failure) {
    if (!(failure instanceof SchemaReadError)) throw failure;
    return [
      error(source, [
        'source.unreachable',
        failure.message,
        `check address, network and password of ${withoutPassword(url)}`,
      ]),
    ];
  }
}

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//');

const wrongKind = ({ name, kind }: Source, found: string): Finding =>
  error(name, [
    'source.kind',
    `the definitions call it ${kind}, but it is ${found}`,
    `source('${name}', '${found}'), or the address of another database`,
  ]);

async function ofPostgres(options: SourceOptions, reader: PostgresReader): Promise<readonly Finding[]> {
  const { catalog, source } = options;
  const beforeMs = Date.now();
  const server = await reader.server();
  const afterMs = Date.now();
  const slot = slotName(source.name);
  const inbox = catalog.inboxOf(source.name);
  const database = await databaseOf(reader, server.version);
  const tables = definedTables(options);
  const needed = rightsNeeded(usedTables(catalog, source.name), inbox);
  const isThere = (name: string): boolean => database.relations.some((relation) => relationName(relation) === name);
  return [
    ...checkPostgres(source.name, { server, slotName: slot, slot: await reader.slot(slot) }),
    ...checkClock(source.name, { beforeMs, afterMs, theirMs: server.nowMs }),
    ...checkTables(database, tables),
    ...checkInbox(database, inbox),
    ...checkPublication(
      source.name,
      {
        name: DEFAULT_PUBLICATION,
        tables: publishedTables(tables, database, inbox).filter(({ name }) => isThere(name)),
      },
      await reader.publication(DEFAULT_PUBLICATION),
    ),
    ...(await checkRights(source.name, reader, rightsHere(needed, database))),
  ];
}

async function ofBinlog(options: SourceOptions, reader: BinlogReader): Promise<readonly Finding[]> {
  const { catalog, source } = options;
  const beforeMs = Date.now();
  const server = await reader.server();
  const afterMs = Date.now();
  const database = await databaseOf(reader, 0);
  const inbox = catalog.inboxOf(source.name);
  const rights = await reader.rights(Object.values(SqlRole));
  const needed = rightsNeeded(usedTables(catalog, source.name), inbox);
  return [
    ...checkBinlog(source.name, source.kind, server),
    ...checkClock(source.name, { beforeMs, afterMs, theirMs: server.nowMs }),
    ...checkTables(database, definedTables(options)),
    ...checkInbox(database, inbox),
    ...checkBinlogRights(source.name, rights, rightsHere(needed, database)),
  ];
}

async function ofReplica(source: Source, url: string): Promise<readonly Finding[]> {
  await using reader = await openSchemaReader(url);
  return reader.kind === 'postgres' ? checkReplica(source.name, (await reader.server()).lagMs) : [];
}

const databaseOf = async (reader: PostgresReader | BinlogReader, version: number): Promise<Database> => ({
  kind: reader.kind,
  version,
  relations: await reader.relations(),
});

const definedTables = ({ catalog, source, skipUnchanged = [] }: SourceOptions): readonly DefinedTable[] =>
  catalog.tables
    .filter((table) => table.source.name === source.name)
    .map((table) => ({
      table,
      views: catalog.byTable(source.name, table.name),
      skipsUnchanged: skipUnchanged.includes(table.name),
    }));

const publishedTables = (tables: readonly DefinedTable[], { relations }: Database, inbox: string) => [
  ...tables.map(({ table, views }) => {
    const relation = relations.find((one) => relationName(one) === table.name);
    const here = new Set(relation?.columns.filter((one) => one.generated === undefined).map(({ name }) => name));
    return {
      name: table.name as string,
      columns: neededColumns(views).filter((column) => here.has(column)),
      isPartitioned: relation?.kind === RelationKind.partitioned,
    };
  }),
  { name: inbox, columns: [], isPartitioned: false },
];

const neededColumns = (views: readonly AnyView[]): readonly string[] => [...new Set(views.flatMap(columnsOfView))];

/** Those in tables and columns that are there: of others `checkTables` tells. */
const rightsHere = (rights: readonly RightRequest[], { relations }: Database): readonly RightRequest[] =>
  rights.flatMap((right) => {
    const relation = relations.find((one) => one.schema === right.schema && one.name === right.table);
    if (relation === undefined) return [];
    if (right.columns === undefined) return [right];
    const columns = right.columns.filter((name) => relation.columns.some((one) => one.name === name));
    return columns.length === 0 ? [] : [{ ...right, columns }];
  });
