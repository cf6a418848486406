/** A PostgreSQL and a MariaDB with a table of every column type each, and the real connectors behind both. */
import { type ChangeEvent, type InboxRow, parseChangeEvent, parseInboxRow } from '@hybridge/contracts';
import { changeTopics, connectorConfig, connectorName, registerConnector, slotName } from '@hybridge/infra-connect';
import {
  SqlRole,
  ensureAccess,
  ensureMariadbAccess,
  ensurePublication,
  isBinlogRead,
  isSlotActive,
  migrate,
  migrateMariadb,
} from '@hybridge/infra-sql';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import {
  type AnyView,
  type Catalog,
  type SourceKind,
  column,
  createCatalog,
  int4,
  notNull,
  source,
  table,
  view,
} from '@hybridge/views';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { eventually } from '../../loop/eventually.ts';
import { collectRecords } from '../collect-records.ts';
import type { Cells } from './cell.ts';
import { mariadbCells, mariadbSchema } from './mariadb-cells.ts';
import { postgresCells, postgresSchema } from './postgres-cells.ts';

type Kind = Extract<SourceKind, 'postgres' | 'mariadb'>;

/** Of what one source captured. */
export interface Captured {
  /** Of the table, in order. */
  readonly changes: readonly ChangeEvent[];
  /** Answers to changes of customers, in order. */
  readonly answers: readonly InboxRow[];
}

export interface EncoderSource {
  readonly cells: Cells;
  readonly tableName: string;
  /** All columns. Customers may change `touched`, and nothing else. */
  readonly everything: AnyView;
  /** For each column a view of it alone. */
  readonly columnViews: Readonly<Record<string, AnyView>>;
  /** As apps connect. */
  readonly access: { readonly url: string; readonly applicationName: string };
  /** Statements of the administrator, one after the other. */
  run(statements: readonly string[]): Promise<void>;
  /** Starts the connector; resolves when it captures. */
  capture(): Promise<void>;
  readonly captured: Captured;
  /** Waits for what is captured. */
  until(what: string, holds: (captured: Captured) => boolean): Promise<unknown>;
}

export interface EncoderLab extends AsyncDisposable {
  readonly sources: Readonly<Record<Kind, EncoderSource>>;
}

const TABLE = 'everything';
const PASSWORDS = { [SqlRole.capture]: SqlRole.capture, [SqlRole.app]: SqlRole.app };
const CELLS = { postgres: postgresCells, mariadb: mariadbCells } as const;
const SCHEMAS = { postgres: postgresSchema, mariadb: mariadbSchema } as const;

export async function startEncoderLab(): Promise<EncoderLab> {
  const stack = await startStack({ form: 'native', ports: 'free', components: ['postgres', 'mariadb', 'connect'] });
  const ending: AsyncDisposable[] = [{ [Symbol.asyncDispose]: () => stack.stop() }];
  const end = async (): Promise<void> => {
    for (const one of ending.reverse()) await one[Symbol.asyncDispose]();
  };
  try {
    const views = {
      postgres: viewsOf('postgres', 'public'),
      mariadb: viewsOf('mariadb', stack.endpoints.mariadb.database),
    };
    const catalog = createCatalog(
      Object.values(views).flatMap(({ everything, columnViews }) => [everything, ...Object.values(columnViews)]),
    );
    const captured = { postgres: { changes: [], answers: [] }, mariadb: { changes: [], answers: [] } } as Record<
      Kind,
      { changes: ChangeEvent[]; answers: InboxRow[] }
    >;
    const topics = changeTopics({ catalog, topics: { partitions: 1 } }).map(({ topic }) => topic);
    const collecting = await collectRecords(stack.endpoints.kafka.brokers, topics, ({ topic, value }) => {
      if (value === undefined) return;
      const { changes, answers } = captured[topic.split('.')[0] as Kind];
      const change = parseChangeEvent(value);
      if (topic.endsWith(`.${TABLE}`)) changes.push(change);
      else if (change.after !== undefined) answers.push(parseInboxRow(change.after));
    });
    ending.push(collecting);
    const sourceOf = (kind: Kind): Omit<EncoderSource, 'run' | 'capture' | 'access'> => ({
      ...views[kind],
      cells: CELLS[kind],
      tableName: TABLE,
      captured: captured[kind],
      until: (what, holds) => eventually(`${kind}: ${what}`, async () => holds(captured[kind])),
    });
    const context = { stack, catalog };
    const [postgres, postgresPart] = [await postgresParts(context), sourceOf('postgres')];
    ending.push(postgres);
    const [mariadb, mariadbPart] = [await mariadbParts(context), sourceOf('mariadb')];
    ending.push(mariadb);
    return {
      sources: { postgres: { ...postgresPart, ...postgres }, mariadb: { ...mariadbPart, ...mariadb } },
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

interface Context {
  readonly stack: LocalStack;
  readonly catalog: Catalog;
}

type Parts = Pick<EncoderSource, 'run' | 'capture' | 'access'> & AsyncDisposable;

async function postgresParts({ stack, catalog }: Context): Promise<Parts> {
  const { url, host, port, database } = stack.endpoints.postgres;
  const client = new Client({ connectionString: url });
  await client.connect();
  await migrate({ url, passwords: PASSWORDS });
  await client.query(`SET TimeZone = 'Asia/Kathmandu'; ${schemaOf('postgres')}`);
  await ensurePublication({ url, catalog, source: 'postgres' });
  await ensureAccess({ url, catalog, source: 'postgres' });
  return {
    access: {
      url: `postgres://${SqlRole.app}:${SqlRole.app}@${host}:${port}/${database}`,
      applicationName: 'encoders',
    },
    run: async (statements) => {
      for (const statement of statements) await client.query(statement);
    },
    capture: () =>
      startConnector({ stack, catalog }, 'postgres', database, () => isSlotActive(url, slotName('postgres'))),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

async function mariadbParts({ stack, catalog }: Context): Promise<Parts> {
  const { url, host, port, database } = stack.endpoints.mariadb;
  const client = await createConnection({
    ...{ uri: url.replace(/^mariadb:/, 'mysql:'), charset: 'utf8mb4_bin', multipleStatements: true },
  });
  await migrateMariadb({ url, passwords: PASSWORDS });
  // Zero dates come into old databases so.
  await client.query(`SET sql_mode = '', time_zone = '+05:45'; ${schemaOf('mariadb')}`);
  await ensureMariadbAccess({ url, catalog, source: 'mariadb' });
  return {
    access: { url: `mariadb://${SqlRole.app}:${SqlRole.app}@${host}:${port}/${database}`, applicationName: 'encoders' },
    run: async (statements) => {
      for (const statement of statements) await client.query(statement);
    },
    capture: () => startConnector({ stack, catalog }, 'mariadb', database, () => isBinlogRead(url)),
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

const schemaOf = (kind: Kind): string =>
  SCHEMAS[kind](
    TABLE,
    Object.entries(CELLS[kind])
      .map(([name, { sql }]) => `${name} ${sql}`)
      .join(', '),
  );

async function startConnector(
  { stack, catalog }: Context,
  kind: Kind,
  database: string,
  isCapturing: () => Promise<boolean>,
): Promise<void> {
  const { connect } = stack.endpoints;
  await registerConnector({
    connectUrl: connect.url,
    name: connectorName(kind),
    isCapturing,
    config: connectorConfig({
      ...{ catalog, source: kind, kafkaBrokers: connect.brokers, topics: { partitions: 1 } },
      database: {
        ...connect.databases[kind],
        ...{ name: database, user: SqlRole.capture, password: SqlRole.capture, sslMode: 'disable' },
      },
    }),
  });
}

function viewsOf(kind: Kind, schema: string): Pick<EncoderSource, 'everything' | 'columnViews'> {
  const names = Object.keys(CELLS[kind]);
  const columns = Object.fromEntries(Object.entries(CELLS[kind]).map(([name, cell]) => [name, cell.column]));
  const everythingTable = table({
    source: source(kind, kind),
    name: `${schema}.${TABLE}`,
    primaryKey: ['id'],
    columns: { ...columns, id: notNull(int4()), touched: notNull(int4()) },
  });
  const viewOf = (name: string, attributes: readonly string[]): AnyView => {
    const part = `${kind}-${name.replaceAll('_', '-')}`;
    return view(part, {
      table: everythingTable,
      key: { pk: [part, column('id')], sk: ['ROW'] },
      attributes: Object.fromEntries(['id', ...attributes].map((attribute) => [attribute, attribute])),
      changes: { allow: attributes.filter((attribute) => attribute === 'touched'), policy: 'customer-wins' },
    } as never);
  };
  return {
    everything: viewOf('everything', ['touched', ...names]),
    columnViews: Object.fromEntries(names.map((name) => [name, viewOf(name, [name])])),
  };
}
