import { type Item, type ItemKey } from '@hybridge/protocol';
import type { ItemReader } from '@hybridge/reader-dynamodb';
import { type AnyView, anchorOfRow, isStorableKey, keyOfRow } from '@hybridge/views';
import { lookAtAnchors } from './anchors.ts';
import { ComparisonClass, classify } from './classify.ts';
import { isAddress } from './key-parts.ts';
import { type Look, type Subject, liesElsewhere, placeIn, placeValue } from './look.ts';
import { readItems } from './read-items.ts';
import { lookAtRelations } from './relations.ts';

/**
 * Holds rows and their items against each other, with what the items embed and with their anchors. Everything is read
 * one after the other: what moves meanwhile is looked at again by whoever asked.
 * @throws ItemReaderError
 */
export async function lookAt(
  view: AnyView,
  subjects: readonly Subject[],
  { items }: { readonly items: Pick<ItemReader, 'batchGet'> },
  nowMs: number,
): Promise<readonly Look[]> {
  const places = subjects.map((subject) => placeOf(view, subject));
  const itemAt = await readItems(
    items,
    places.flatMap((place) => (place === undefined || !isStorableKey(place) ? [] : [place])),
  );
  const at = (key: ItemKey | undefined): At => ({ key, item: key && itemAt(key) });
  const looks = subjects.map((subject, i) => ownLook(view, subject, at(places[i]), nowMs));
  return lookAtRelations(view, await lookAtAnchors(view, looks, items), items);
}

/** Undefined: the row has no item, or there is no row that would say where it lies. */
function placeOf(view: AnyView, { keyRow, row }: Subject): ItemKey | undefined {
  if (!view.moves || isAddress(view, keyRow)) return keyOfRow(view, keyRow);
  return row === undefined ? undefined : placeIn(view, row);
}

interface At {
  readonly key: ItemKey | undefined;
  readonly item: Item | undefined;
}

function ownLook(view: AnyView, subject: Subject, { key, item }: At, nowMs: number): Look {
  const { row, keyRow } = subject;
  if (key === undefined) {
    const found = row?.unstorable === undefined ? ComparisonClass.matched : ComparisonClass.quarantined;
    return { ...subject, key: anchorOfRow(view, keyRow), item: undefined, class: found };
  }
  if (!isStorableKey(key)) return { ...subject, key, item: undefined, class: ComparisonClass.quarantined };
  if (row === undefined || !liesElsewhere(view, keyRow, row)) {
    return { ...subject, key, item, class: classify(view, row, item, nowMs) };
  }
  const found = classify(view, undefined, item, nowMs);
  if (found !== ComparisonClass.extra) return { ...subject, key, item, class: found };
  const evidence = {
    expected: { place: placeValue(placeIn(view, row)) },
    actual: { place: placeValue(key) },
  };
  return { ...subject, key, item, class: ComparisonClass.placementOrphan, evidence };
}
