import { type Item, type ItemKey, JoinMeta, NULL, entriesOf, mayFillAt } from '@hybridge/protocol';
import type { ItemReader } from '@hybridge/reader-dynamodb';
import { type AnyView, anchorOfRow, belongsTo, placeOfRow } from '@hybridge/views';
import { ComparisonClass } from './classify.ts';
import { isAddress } from './key-parts.ts';
import { type Look, isRightAndLive, placeValue } from './look.ts';
import { readItems } from './read-items.ts';

/** Looks of rows whose items move, held against the anchors of these rows too. @throws ItemReaderError */
export async function lookAtAnchors(
  view: AnyView,
  looks: readonly Look[],
  items: Pick<ItemReader, 'batchGet'>,
): Promise<readonly Look[]> {
  if (!view.moves) return looks;
  const asked = new Set(looks.filter((look) => isAnchored(view, look)));
  const itemAt = await readItems(
    items,
    [...asked].map(({ keyRow }) => anchorOfRow(view, keyRow)),
  );
  return looks.map((look) => (asked.has(look) ? withAnchor(view, look, itemAt) : look));
}

/**
 * Only where the anchor matters: a live item where its row belongs, and a row that has no place. Where nothing is known of
 * the item, whoever fills it asks the anchor.
 */
function isAnchored(view: AnyView, look: Look): boolean {
  const { row, keyRow, item } = look;
  if (row === undefined || row.unstorable !== undefined || isAddress(view, keyRow)) return false;
  if (!belongsTo(view, row.row)) return false;
  return item === undefined ? placeOfRow(view, row.row) === undefined : isRightAndLive(look);
}

function withAnchor(view: AnyView, look: Look, itemAt: (key: ItemKey) => Item | undefined): Look {
  const place = look.row === undefined ? undefined : placeOfRow(view, look.row.row);
  const anchor = itemAt(anchorOfRow(view, look.keyRow));
  if (isAnchorRight(place, anchor)) return look;
  const named = anchor?.[JoinMeta.place] ?? NULL;
  const evidence = { expected: { anchor: placeValue(place) }, actual: { anchor: named } };
  return { ...look, class: ComparisonClass.anchorStale, evidence };
}

/** @param place undefined: the row has none */
export const isAnchorRight = (place: ItemKey | undefined, anchor: Item | undefined): boolean =>
  place === undefined ? Object.keys(entriesOf(anchor?.[JoinMeta.place])).length === 0 : mayFillAt(place, anchor);
