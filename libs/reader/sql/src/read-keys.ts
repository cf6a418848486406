import type { AnyView, Row } from '@hybridge/views';
import { type FoundRow, decodeOrText } from './decode-or-text.ts';
import { type ReadDialect, type Statement, keyTexts } from './read-dialect.ts';
import type { Query } from './sql-pool.ts';

type KeyDialect = Pick<ReadDialect, 'byKeys' | 'keysAsWritten'>;

/** The rows of these keys, in their order; undefined where there is none. @throws SqlReadError, ViewError */
export async function readKeys(
  query: Query,
  dialect: KeyDialect,
  view: AnyView,
  keyRows: readonly Row[],
): Promise<(FoundRow | undefined)[]> {
  if (keyRows.length === 0) return [];
  const rows = await select(query, view, dialect.byKeys(view, keyRows));
  if (!dialect.keysAsWritten && keyRows.length === 1) return [rows[0]];
  const texts = keyRows.map((keyRow) => textOf(view, keyRow));
  const byKey = new Map(rows.map((found) => [textOf(view, found.row), found]));
  const found = texts.map((text) => byKey.get(text));
  const asked = new Set(texts);
  if (dialect.keysAsWritten || [...byKey.keys()].every((key) => asked.has(key))) return found;
  // SQL calls keys equal that are written differently (`char(n)`, `citext`): then each is asked for by itself.
  for (const [i, keyRow] of keyRows.entries()) {
    found[i] ??= (await select(query, view, dialect.byKeys(view, [keyRow])))[0];
  }
  return found;
}

const textOf = (view: AnyView, keyRow: Row): string => JSON.stringify(keyTexts(view, keyRow));

const select = async (query: Query, view: AnyView, { text, values }: Statement): Promise<readonly FoundRow[]> =>
  (await query(text, values)).map((row) => decodeOrText(view, row));
