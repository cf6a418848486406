import { text } from '../../attribute.ts';
import { ProtocolError } from '../../errors.ts';
import { type Item, type ItemKey, formatKey, keyOf, versionOf } from '../../item.ts';
import { type Version, ZERO_VERSION } from '../../version.ts';
import { type Write, buildWrite } from '../../write.ts';
import type { Relation } from './relation.ts';

/** A child that has to hear of a parent's changes. Its version is the child's, when it began to point there. */
export interface Reference {
  readonly key: ItemKey;
  /** Partition key of the parent's base item. */
  readonly parent: string;
  readonly relationId: string;
  readonly child: ItemKey;
  readonly version: Version;
}

/** Partition key of one part of a parent's references; `shard` from 0. */
export const referencePartition = (parent: string, shard: number): string => `R#${parent}#${shard}`;

/** The length of the child's partition key stands in front of it, so that no key can imitate another one. */
export function referenceKey(parent: string, { id, shards = 1 }: Relation, child: ItemKey): ItemKey {
  const shard = shards === 1 ? 0 : hash(formatKey(child)) % shards;
  return { pk: referencePartition(parent, shard), sk: `${id}|${child.pk.length}|${child.pk}|${child.sk}` };
}

/** FNV-1a: spreads keys that differ in a few characters. */
function hash(value: string): number {
  let result = 0x811c9dc5;
  for (let i = 0; i < value.length; i++) result = Math.imul(result ^ value.charCodeAt(i), 0x01000193) >>> 0;
  return result;
}

const FORM = /^([^|]*)\|(\d+)\|/;

/** @throws ProtocolError `HYBRIDGE_PROTOCOL_ITEM_MALFORMED` for an item that is no reference */
export function referenceOf(item: Item): Reference {
  const key = keyOf(item);
  const match = FORM.exec(key.sk);
  if (match === null || !key.pk.startsWith('R#')) {
    throw new ProtocolError(
      'HYBRIDGE_PROTOCOL_ITEM_MALFORMED',
      `${formatKey(key)} is no reverse reference. Delete it.`,
    );
  }
  const [front, relationId = '', length] = match;
  const rest = key.sk.slice(front.length);
  return {
    key,
    parent: key.pk.slice(2, key.pk.lastIndexOf('#')),
    relationId,
    child: { pk: rest.slice(0, Number(length)), sk: rest.slice(Number(length) + 1) },
    version: versionOf(item) ?? ZERO_VERSION,
  };
}

/** Condition 11: before the parent is read for the child's new fragment. */
export const putReferenceWrite = (parent: string, relation: Relation, child: ItemKey, version: Version): Write =>
  buildWrite('putReference', { key: referenceKey(parent, relation, child), values: { v: text(version) } });

/** Condition 11: the child's item of this version points elsewhere; a reference put for this version or later stays. */
export const deleteReferenceWrite = (key: ItemKey, version: Version): Write =>
  buildWrite('deleteReference', { key, values: { v: text(version) } });
