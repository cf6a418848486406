import type { ItemKey, ItemStore } from '@hybridge/protocol';
import { type Catalog, mustBeFilled } from '@hybridge/views';
import { type FillDeps, fill, isTooLarge } from '../apply.ts';
import { FillPendingError } from '../errors.ts';
import { fenceItem } from '../fence-item.ts';

/**
 * A store in which a parent's row that makes a child's item too large does not hold up the parent, nor the other children:
 * the child becomes a fence, and the fill of an eager one finds that it cannot be stored. Readers get it from SQL.
 */
export function withOvergrown(deps: FillDeps, catalog: Pick<Catalog, 'byKey'>): ItemStore {
  const { store } = deps;
  return {
    get: (key) => store.get(key),
    async write(write) {
      try {
        return await store.write(write);
      } catch (error) {
        if (write.expression !== 'refreshFragment' || !isTooLarge(error)) throw error;
        await putBack(write.key, deps, catalog);
        return { ok: true, item: undefined };
      }
    },
  };
}

async function putBack(key: ItemKey, deps: FillDeps, catalog: Pick<Catalog, 'byKey'>): Promise<void> {
  const found = catalog.byKey(key);
  if (found === undefined) return; // of no view any more: nobody reads it
  const outcome = await fenceItem(found.view, key, deps);
  // SQL answers soon, and then the item can be put back.
  if (outcome === 'pending') throw new FillPendingError(key, 'a parent does not fit beside its unanswered changes');
  if (outcome === 'fenced' && mustBeFilled(found.view, outcome)) {
    await fill({ view: found.view, key, keyRow: found.row }, deps);
  }
}
