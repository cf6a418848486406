import { catalog } from '@hybridge/definitions';
import { type Metrics, createMetrics, silentLogger } from '@hybridge/observability';
import { text } from '@hybridge/protocol';
import type { RowReader } from '@hybridge/reader-sql';
import { type Hybridge, createHybridge } from '@hybridge/sdk';
// eslint-disable-next-line no-restricted-imports -- serves tests and the fuzzer, and is no part of the app
import {
  type MemoryItemStore,
  type TestContext,
  createMemoryItemReads,
  createMemoryItemStore,
  testContext,
} from '@hybridge/testkit';
import { type AnyView, type Catalog, type Row, columnsOfView, decodeTextRow } from '@hybridge/views';
import type { FastifyInstance } from 'fastify';
import { createInstruments } from '../instruments.ts';
import { type ServerDependencies, createServer } from '../server.ts';
import { localAuthenticate } from './local-tokens.ts';

/** Rows of SQL by name of their view; columns that are left out hold their own name, or NULL. */
export type SqlRows = Readonly<Record<string, readonly Readonly<Record<string, string | null>>[]>>;

export interface MemoryApi {
  readonly app: FastifyInstance;
  readonly store: MemoryItemStore;
  readonly context: TestContext;
  readonly metrics: Metrics;
}

export interface MemoryApiOptions {
  readonly rows?: SqlRows;
  readonly catalog?: Catalog;
  /** Thrown in place of every answer of SQL. */
  readonly sqlFails?: Error | undefined;
  readonly server?: Partial<ServerDependencies>;
  /** Sees the SDK before the server does. */
  readonly observe?: (hybridge: Hybridge) => Hybridge;
}

/** The whole app on a view table and a SQL database in memory; not listening yet. */
export function createMemoryApi(options: MemoryApiOptions = {}): MemoryApi {
  const store = createMemoryItemStore();
  const context = testContext();
  const metrics = createMetrics('view-api', { process: false });
  const ofInstallation = options.catalog ?? catalog;
  const hybridge = createHybridge({
    catalog: ofInstallation,
    items: createMemoryItemReads(store),
    store,
    rows: rowReader(options.rows ?? {}, options.sqlFails),
    context,
  });
  const app = createServer({
    hybridge: options.observe?.(hybridge) ?? hybridge,
    catalog: ofInstallation,
    authenticate: localAuthenticate,
    instruments: createInstruments(metrics),
    logger: silentLogger(),
    ...options.server,
  });
  return { app, store, context, metrics };
}

function rowReader(rows: SqlRows, sqlFails: Error | undefined): RowReader {
  return {
    read: async (view, keyRow) => {
      if (sqlFails !== undefined) throw sqlFails;
      const known = (rows[view.name] ?? []).map((row) => rowOf(view, row));
      return { proven: true, row: known.find((row) => matches(row, keyRow)) };
    },
    scan: () => {
      throw new Error('not used');
    },
  };
}

const matches = (row: Row, keyRow: Row): boolean =>
  Object.entries(keyRow).every(([name, value]) => JSON.stringify(row[name]) === JSON.stringify(value));

/** A whole row of a view. */
export const rowOf = (view: AnyView, given: Readonly<Record<string, string | null>>): Row => {
  const names = columnsOfView(view);
  return {
    ...Object.fromEntries(names.map((name) => [name, text(name)])),
    ...decodeTextRow(view.table, Object.keys(given), given),
  };
};
