import { catalog } from '@hybridge/definitions';
import { createRandom } from '@hybridge/load';
import { createRowReader, createSqlPool } from '@hybridge/reader-sql';
import { createHybridge } from '@hybridge/sdk';
import { createItemStore } from '@hybridge/sink-dynamodb';
import { Pool } from 'pg';
import type { FaultLab } from '../lab/open-fault-lab.ts';
import { beClerk } from './clerk.ts';
import { beCustomer } from './customer.ts';
import type { CommittedWrite, CustomerWrite, History, InternalWrite, Read } from './history.ts';
import { type SharedRows, TABLE, cellOfColumn, createSharedRows, readItems, readSql } from './shared-rows.ts';

export interface Crowd {
  readonly customers: number;
  readonly clerks: number;
  readonly rows: number;
}

/** What the crowd knows; the database's part comes when nothing is under way. */
export interface Writing extends Pick<History, 'customers' | 'internal' | 'reads'> {
  readonly rows: SharedRows;
  /** Place in the ledger at which it began. */
  readonly ledgerBefore: number;
}

const CLERKS_CONNECTIONS = 10;

/** Customers, through the SDK, and clerks, in SQL, change the same rows while `during` lasts. */
export async function writeTogether(lab: FaultLab, crowd: Crowd, during: () => Promise<unknown>): Promise<Writing> {
  const rows = await createSharedRows(lab, crowd.rows);
  const ledgerBefore = await lab.ledger.position();
  const customers: CustomerWrite[] = [];
  const internal: InternalWrite[] = [];
  const reads: Read[] = [];
  await using opened = new AsyncDisposableStack();
  const { adminUrl, appUrl } = lab.loop.provisioned.sql;
  const pool = new Pool({ connectionString: adminUrl, max: CLERKS_CONNECTIONS, application_name: 'hybridge-clerks' });
  opened.defer(() => pool.end());
  pool.on('error', () => undefined); // an idle connection that breaks is replaced
  pool.on('connect', (client) => client.on('error', () => undefined)); // in a transaction the next statement tells
  const readers = opened.use(createSqlPool({ url: appUrl, max: 4, applicationName: 'hybridge-faults' }));
  const hybridge = createHybridge({
    catalog,
    items: lab.items,
    store: createItemStore(lab.dynamodb, { tableName: lab.loop.provisioned.aws.tableName }),
    rows: createRowReader({ pool: readers }),
  });
  const ended = new AbortController();
  const shared = { ids: rows.ids, signal: ended.signal };
  const atWork = [
    ...numbered(crowd.customers, (n) =>
      beCustomer(`customer${n}`, { ...shared, hybridge, random: createRandom(n), reads, writes: customers }),
    ),
    ...numbered(crowd.clerks, (n) =>
      beClerk(`clerk${n}`, n % 2 === 0 ? 'locks' : 'compares', {
        ...shared,
        pool,
        random: createRandom(-n),
        writes: internal,
      }),
    ),
  ];
  const failed = Promise.all(atWork); // rejects as soon as one of them does
  try {
    await Promise.race([during(), failed]);
  } finally {
    ended.abort();
    await Promise.allSettled(atWork);
  }
  await failed;
  return { rows, ledgerBefore, customers, internal, reads };
}

const numbered = <T>(count: number, make: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i + 1));

/** Once nothing is under way: with what the database saw, and where SQL and items ended. */
export async function completeHistory(lab: FaultLab, writing: Writing): Promise<History> {
  const { rows, ledgerBefore, customers, internal, reads } = writing;
  const ids = new Set(rows.ids);
  const writes = await lab.ledger.writesSince(ledgerBefore, TABLE);
  const committed = writes.flatMap(({ rowKey, field, ...write }): CommittedWrite[] => {
    const cell = ids.has(rowKey) ? cellOfColumn(rowKey, field) : undefined;
    return cell === undefined ? [] : [{ ...write, cell }];
  });
  return {
    initial: rows.initial,
    customers,
    internal,
    reads,
    committed,
    answers: await lab.ledger.answersSince(ledgerBefore),
    final: { sql: await readSql(lab, rows.ids), items: await readItems(lab, rows.ids) },
  };
}
