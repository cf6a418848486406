/** What was written to the captured tables, by whom and in which transaction, as triggers of the database saw it. */
import type { Catalog } from '@hybridge/views';
import pg, { type Pool } from 'pg';

/** Names itself so to SQL: see `startWriteback`. */
const WRITEBACK = 'hybridge-writeback';

/** A column that an UPDATE changed; one for each. */
export interface SqlWrite {
  /** Writes of one row have the order in which they were made, as each holds the row's lock. */
  readonly seq: number;
  readonly transaction: string;
  /** `application_name` of the session. */
  readonly app: string;
  readonly rowKey: string;
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** An answer in the inbox, at the moment it was written. */
export interface SqlAnswer {
  readonly changeId: string;
  readonly outcome: 'A' | 'R';
  /** In the ledger, among the writes. */
  readonly seq: number;
  /** In which it was written. */
  readonly transaction: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How the writeback's transactions relate to customers' changes. */
export interface WritebackTransactions {
  readonly transactions: number;
  readonly answers: number;
  readonly resignals: number;
  /** Transactions that changed rows and answered no change: echoes. */
  readonly withoutAnswer: number;
  /** Answers that were another one before. */
  readonly altered: number;
}

/** Entries behind `after`, the last of an earlier time. */
export interface SqlLedger {
  /** The last entry of now. */
  position(): Promise<number>;
  writebackSince(after: number): Promise<WritebackTransactions>;
  writesSince(after: number, table: string): Promise<readonly SqlWrite[]>;
  answersSince(after: number): Promise<readonly SqlAnswer[]>;
}

/** Rolled back transactions leave nothing here, either. */
const SCHEMA = `
CREATE SCHEMA faults;
CREATE TABLE faults.writes (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
  app text NOT NULL DEFAULT current_setting('application_name'),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  relation text NOT NULL,
  operation text NOT NULL,
  row_key text NOT NULL,
  -- NULL: the statement itself; else a column that an UPDATE changed
  field text,
  old text,
  new text
);
CREATE INDEX ON faults.writes (relation, seq);
CREATE FUNCTION faults.note_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  before jsonb := to_jsonb(OLD);
  after jsonb := to_jsonb(NEW);
  row_key text;
BEGIN
  SELECT string_agg(COALESCE(after, before) ->> name, ',' ORDER BY place) INTO row_key
  FROM unnest(TG_ARGV) WITH ORDINALITY AS columns (name, place);
  INSERT INTO faults.writes (relation, operation, row_key, new)
  VALUES (TG_TABLE_NAME, TG_OP, row_key, CASE WHEN TG_OP = 'INSERT' THEN after ->> 'outcome' END);
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO faults.writes (relation, operation, row_key, field, old, new)
    SELECT TG_TABLE_NAME, TG_OP, row_key, key, before ->> key, value
    FROM jsonb_each_text(after) WHERE before -> key IS DISTINCT FROM after -> key;
  END IF;
  RETURN NULL;
END
$$;`;

const INBOX = { schema: 'public', table: 'hybridge_inbox', primaryKey: ['change_id'] } as const;

/** Puts triggers on all captured tables of PostgreSQL. Nothing of it is captured itself. */
export async function openSqlLedger(sql: Pool, catalog: Catalog): Promise<SqlLedger> {
  const tables = catalog.tables.filter(({ source }) => source.kind === 'postgres');
  const triggers = [...tables, INBOX].map(
    ({ schema, table, primaryKey }) =>
      `CREATE TRIGGER faults_note_write AFTER INSERT OR UPDATE OR DELETE ON ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}
       FOR EACH ROW EXECUTE FUNCTION faults.note_write(${primaryKey.map((name) => pg.escapeLiteral(name)).join(', ')})`,
  );
  await sql.query([SCHEMA, ...triggers].join(';\n'));
  return {
    position: async () =>
      Number((await sql.query<{ seq: string }>('SELECT COALESCE(max(seq), 0) AS seq FROM faults.writes')).rows[0]?.seq),
    writebackSince: async (after) => {
      const { rows } = await sql.query<Record<keyof WritebackTransactions, string>>(COUNT_WRITEBACK, [
        WRITEBACK,
        after,
      ]);
      const [counts] = rows;
      const numbers = Object.entries(counts ?? {}).map(([name, count]) => [name, Number(count)]);
      return Object.fromEntries(numbers) as WritebackTransactions;
    },
    writesSince: async (after, table) => {
      const { rows } = await sql.query<SqlWrite>(
        `SELECT seq::int, transaction::text, app, row_key AS "rowKey", field, old, new FROM faults.writes
         WHERE relation = $1 AND seq > $2 AND field IS NOT NULL ORDER BY seq`,
        [table, after],
      );
      return rows;
    },
    answersSince: async (after) => {
      const { rows } = await sql.query<Omit<SqlAnswer, 'at'> & { at: string }>(
        `SELECT row_key AS "changeId", new AS outcome, seq::int, transaction::text, extract(epoch FROM at) * 1000 AS at FROM faults.writes
         WHERE relation = 'hybridge_inbox' AND operation = 'INSERT' AND seq > $1 ORDER BY seq`,
        [after],
      );
      return rows.map((row) => ({ ...row, at: Number(row.at) }));
    },
  };
}

const COUNT_WRITEBACK = `
WITH mine AS (SELECT * FROM faults.writes WHERE app = $1 AND seq > $2),
     statements AS (SELECT * FROM mine WHERE field IS NULL AND relation = 'hybridge_inbox')
SELECT (SELECT count(DISTINCT transaction) FROM mine) AS transactions,
       (SELECT count(*) FROM statements WHERE operation = 'INSERT') AS answers,
       (SELECT count(*) FROM statements WHERE operation = 'UPDATE') AS resignals,
       (SELECT count(DISTINCT transaction) FROM mine
        WHERE transaction NOT IN (SELECT transaction FROM statements)) AS "withoutAnswer",
       (SELECT count(*) FROM mine WHERE relation = 'hybridge_inbox' AND field = 'outcome') AS altered`;
