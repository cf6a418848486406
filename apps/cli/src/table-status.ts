import { type ItemStore, ServingState, readServing } from '@hybridge/protocol';
import { TableLoadingError } from './errors.ts';

/** The view table, and whether anybody may be served from it. */
export interface TableStatus {
  readonly name: string;
  /** unclaimed: nobody has come yet */
  readonly state: 'unclaimed' | ServingState;
}

/** @throws as the store's `get` */
export async function readTableStatus(store: ItemStore, name: string): Promise<TableStatus> {
  return { name, state: (await readServing(store))?.state ?? 'unclaimed' };
}

export const isLoading = ({ state }: TableStatus): boolean => state === ServingState.loading;

/** @throws TableLoadingError while only its loader may write to the table; as the store's `get` */
export async function refuseWhileLoading(store: ItemStore, name: string): Promise<void> {
  if (!isLoading(await readTableStatus(store, name))) return;
  throw new TableLoadingError(
    `Nothing was done: table ${name} is being loaded, and until it is open nobody but the load writes to it. ` +
      'Try again when "hybridge status" shows it open; the load may have mended the item by then.',
  );
}
