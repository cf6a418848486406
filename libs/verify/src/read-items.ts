import type { Item, ItemKey } from '@hybridge/protocol';
import { type ItemReader, MAX_BATCH_KEYS } from '@hybridge/reader-dynamodb';

/** Reads any number of items consistently, batches side by side. @returns each by its key @throws ItemReaderError */
export async function readItems(
  items: Pick<ItemReader, 'batchGet'>,
  keys: readonly ItemKey[],
): Promise<(key: ItemKey) => Item | undefined> {
  const distinct = [...new Map(keys.map((key) => [identityOf(key), key])).values()];
  const batches = Array.from({ length: Math.ceil(distinct.length / MAX_BATCH_KEYS) }, (_, i) =>
    items.batchGet(distinct.slice(i * MAX_BATCH_KEYS, (i + 1) * MAX_BATCH_KEYS), { consistent: true }),
  );
  const found = (await Promise.all(batches)).flat();
  const byKey = new Map(distinct.map((key, i) => [identityOf(key), found[i]]));
  return (key) => byKey.get(identityOf(key));
}

const identityOf = ({ pk, sk }: ItemKey): string => JSON.stringify([pk, sk]);
