import { type ItemKey, formatKey } from '@hybridge/protocol';
import type { AnyView, Row } from '@hybridge/views';
import { type FillDependencies, type FillResult, fillItem } from './fill-item.ts';

/** Fills items; misses of one key at the same time share one fill. */
export interface Filler {
  /** @throws as `fillItem` */
  fill(view: AnyView, itemKey: ItemKey, keyRow: Row): Promise<FillResult>;
}

/** One per process: a hundred readers of one cold key cost one read of SQL. */
export function createFiller(dependencies: FillDependencies): Filler {
  const running = new Map<string, Promise<FillResult>>();
  return {
    fill: (view, itemKey, keyRow) => {
      const name = formatKey(itemKey);
      const shared = running.get(name);
      if (shared !== undefined) return shared;
      const fill = fillItem(dependencies, view, itemKey, keyRow).finally(() => running.delete(name));
      running.set(name, fill);
      return fill;
    },
  };
}
