import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonValue, formatJson, parseJson } from '@hybridge/contracts';
import { createConnection } from 'mysql2/promise';
import { type MariadbLab, openMariadbLab } from './mariadb-lab.ts';

/** One value of a column of a type; `README.md` beside the file says what is what. */
interface Form {
  readonly type: string;
  readonly literal: string;
  readonly text: string | null;
  readonly expression?: string;
  readonly change: JsonValue;
  readonly streamed?: JsonValue;
}

const file = join(__dirname, '../../../../libs/contracts/fixtures/captured/mariadb/forms.json');
const forms = parseJson(readFileSync(file, 'utf8')) as unknown as readonly Form[];

/** A column for each form, and all values in one row: of a snapshot, then of a statement. */
const columns = forms.map(({ type }, i) => `c${i} ${type}`).join(', ');
const literals = forms.map(({ literal }) => literal).join(', ');
const SCHEMA = `CREATE TABLE forms (id int PRIMARY KEY, ${columns})`;
/** Zero dates and values that an ENUM has not come into old databases so. */
const insert = (id: number): string => `SET sql_mode = ''; INSERT INTO forms VALUES (${id}, ${literals})`;

describe('values of a MariaDB in change events', () => {
  let lab: MariadbLab;

  beforeAll(async () => {
    lab = await openMariadbLab(['forms'], SCHEMA);
    await lab.sql(insert(1));
    // Servers of other countries: only a session may see it.
    await lab.sql("SET GLOBAL time_zone = '+05:30'");
    await lab.capture();
    await lab.until('the snapshot', 'forms', (changes) => changes.length === 1);
    await lab.sql(`SET time_zone = '+00:00'; ${insert(2)}`);
    await lab.until('the change', 'forms', (changes) => changes.length === 2);
  }, 120_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  const named = (of: (form: Form) => JsonValue): Record<string, string> =>
    Object.fromEntries(forms.map((form, i) => [`${i} ${form.type} ${form.literal}`, formatJson(of(form))]));

  const captured = (place: number): Record<string, string> => {
    const row = lab.changes('forms')[place]?.after ?? {};
    return Object.fromEntries(
      forms.map((form, i) => [`${i} ${form.type} ${form.literal}`, formatJson(row[`c${i}`] ?? null)]),
    );
  };

  it('are those of the table for a row of a snapshot', () => {
    expect(captured(0)).toEqual(named(({ change }) => change));
  });

  it('are those of the table for a row of the binlog', () => {
    expect(captured(1)).toEqual(named(({ change, streamed }) => streamed ?? change));
  });

  it('are texts for a client as the table says', async () => {
    const connection = await createConnection({
      uri: lab.stack.endpoints.mariadb.url,
      typeCast: (field) => field.string(),
    });
    const selected = forms
      .map(({ expression = '{}' }, i) => `${expression.replace('{}', `c${i}`)} AS c${i}`)
      .join(', ');
    await connection.query("SET time_zone = '+00:00'");
    const [rows] = await connection.query(`SELECT ${selected} FROM forms WHERE id = 1`);
    await connection.end();
    const [row] = rows as Record<string, string | null>[];
    expect(
      Object.fromEntries(
        forms.map((form, i) => [`${i} ${form.type} ${form.literal}`, formatJson(row?.[`c${i}`] ?? null)]),
      ),
    ).toEqual(named(({ text }) => text));
  });
});
