import {
  type AnyView,
  type Row,
  UnstorableValueError,
  assertStorableRow,
  columnsOfView,
  decodeTextRow,
} from '@hybridge/views';
import type { TextRow } from './sql-pool.ts';

/** A row that is there. */
export interface FoundRow {
  readonly row: Row;
  /** Set when DynamoDB cannot hold the row, or the view's definition fails on it. Such values stand in `row` as text: to be shown, never to be stored. */
  readonly unstorable?: UnstorableValueError;
}

/** @throws ViewError when a mapped column is gone */
export function decodeOrText(view: AnyView, texts: TextRow): FoundRow {
  const names = columnsOfView(view);
  try {
    const row = decodeTextRow(view.table, names, texts);
    assertStorableRow(view, row);
    return { row };
  } catch (error) {
    if (!(error instanceof UnstorableValueError)) throw error;
    return { row: Object.assign({}, ...names.map((name) => valueOrText(view, name, texts))), unstorable: error };
  }
}

function valueOrText(view: AnyView, name: string, texts: TextRow): Row {
  try {
    return decodeTextRow(view.table, [name], texts);
  } catch (error) {
    if (!(error instanceof UnstorableValueError)) throw error;
    return { [name]: { S: texts[name] ?? '' } };
  }
}
