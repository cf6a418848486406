import type { FanOutPorts, RowChange } from '@hybridge/protocol';
import {
  type AnyTable,
  type AnyView,
  type Catalog,
  type Row,
  anchorOfRow,
  columnsOfView,
  concernsOthers,
  decodeTextRow,
  keyOfRow,
  linksOf,
  placeOfRow,
  projectRow,
  shapeOf,
  storeRowChange,
  tellOthers,
} from '@hybridge/views';
import { rowChange } from './records.ts';

/** Columns as texts, by name. */
export type RowTexts = Readonly<Record<string, string | null>>;

export interface StoredRow {
  readonly table: AnyTable;
  /** Every column that some view needs. */
  readonly row: RowTexts;
  /** Which version of the row; later ones have greater numbers. */
  readonly n: number;
  /** Default `upsert`. */
  readonly kind?: 'upsert' | 'delete';
}

/**
 * Brings rows into every view that has them, as the projector does: items, what is embedded in them, and those that embed
 * them.
 */
export const createRowStore =
  (ports: FanOutPorts, catalog: Catalog) =>
  async (stored: StoredRow): Promise<void> => {
    const { source, name } = stored.table;
    for (const view of catalog.byTable(source.name, name)) await storeIn(ports, view, stored);
  };

async function storeIn(
  ports: FanOutPorts,
  view: AnyView,
  { row: texts, n, kind = 'upsert' }: StoredRow,
): Promise<void> {
  const row = decodeTextRow(view.table, columnsOfView(view), texts);
  const columns = kind === 'delete' ? undefined : projectRow(view, row);
  const move = moveOf(view, row, columns !== undefined);
  const change: RowChange = rowChange({
    n,
    key: move === undefined ? keyOfRow(view, row) : (move.place ?? move.anchor),
    kind: columns === undefined ? 'delete' : 'upsert',
    columns: columns ?? {},
    shape: shapeOf(view),
  });
  const links = columns === undefined ? undefined : linksOf(view, row);
  const linked = { change, links, guess: 'other', ...(move && { move }) } as const;
  const ended = await storeRowChange(ports, view, linked);
  if (concernsOthers(view, linked, ended)) await tellOthers(ports, change.key);
}

const moveOf = (view: AnyView, row: Row, isThere: boolean) =>
  view.moves ? { anchor: anchorOfRow(view, row), place: isThere ? placeOfRow(view, row) : undefined } : undefined;
