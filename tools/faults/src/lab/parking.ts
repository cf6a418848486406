/** The keys that wait behind a record that cannot be applied, and what `hybridge release` does to one. */
import { randomUUID } from 'node:crypto';
import { catalog, products } from '@hybridge/definitions';
import { DEFAULT_LIMITS, type Item, type ItemKey, type ProtocolContext } from '@hybridge/protocol';
import { createRowReader, createSqlPool, isPrimary } from '@hybridge/reader-sql';
import { createItemReader, createItemStore, createParkedKeys, createPartitionReader } from '@hybridge/sink-dynamodb';
import { isRepaired, repairItem } from '@hybridge/verify';
import { keyFromParts, keyOfRow } from '@hybridge/views';
import type { FaultLab } from './open-fault-lab.ts';

const keyRowOf = (id: string) => keyFromParts(products, [id]);

const keyOf = (id: string): ItemKey => keyOfRow(products, keyRowOf(id));

export const productItem = ({ items }: FaultLab, id: string): Promise<Item | undefined> => items.get(keyOf(id));

export async function countParked(lab: FaultLab): Promise<number> {
  return (await createParkedKeys(lab.dynamodb, optionsOf(lab)).list()).length;
}

/** Forgets that the product's key is parked, then brings its item back to what SQL says. */
export async function releaseProduct(lab: FaultLab, id: string): Promise<void> {
  await createParkedKeys(lab.dynamodb, optionsOf(lab)).release(keyOf(id));
  await using pool = createSqlPool({
    url: lab.loop.provisioned.sql.appUrl,
    max: 1,
    applicationName: 'hybridge-faults',
  });
  const context: ProtocolContext = { now: Date.now, nonce: randomUUID, limits: DEFAULT_LIMITS };
  const store = createItemStore(lab.dynamodb, optionsOf(lab));
  const rows = createRowReader({ pool });
  const partitions = createPartitionReader(createItemReader(lab.dynamodb, optionsOf(lab)));
  const dependencies = { store, rows, partitions, catalog, context, isPrimary: () => isPrimary(pool) };
  const repair = await repairItem(dependencies, products, keyRowOf(id));
  if (!isRepaired(repair)) throw new Error(`Product ${id} was released, but its repair ended ${repair.outcome}.`);
}

const optionsOf = ({ loop }: FaultLab) => ({ tableName: loop.provisioned.aws.tableName });
