import {
  type Item,
  type Reference,
  type Relation,
  baseKeyOf,
  fragmentOf,
  heldOf,
  isBaseKey,
  keyOf,
  NULL,
  referenceOf,
  referencePartition,
  sameValue,
  tellChildren,
  mostShards,
} from '@hybridge/protocol';
import type { AnyView, Row } from '@hybridge/views';
import { type Repair, type RepairDependencies, isRepaired } from './repair-outcome.ts';

export type ChildDependencies = Pick<RepairDependencies, 'store' | 'context' | 'partitions' | 'catalog'>;

/** Fills one item anew. */
export type RepairOne = (view: AnyView, keyRow: Row) => Promise<Repair>;

/** References read at once; their children are looked at side by side. */
const PAGE_SIZE = 50;

/**
 * Brings every item that embeds a row in line with its base item, and theirs with them. Those that hold an older version
 * are told as by a change; those that hold another value under the same version, or under a later one, cannot be told by
 * it, and are filled anew.
 * @param parent partition key of the base item
 * @returns items that were not in line
 * @throws whatever the ports throw
 */
export async function alignChildren(deps: ChildDependencies, parent: string, repairOne: RepairOne): Promise<number> {
  let aligned = 0;
  for (let shard = 0; shard < mostShards(deps.catalog); shard++) {
    let after: string | undefined;
    for (;;) {
      const page = await deps.partitions.query(referencePartition(parent, shard), after, PAGE_SIZE);
      aligned += await alignPage(deps, parent, page, repairOne);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_SIZE) break;
      after = keyOf(last).sk;
    }
  }
  return aligned;
}

async function alignPage(
  deps: ChildDependencies,
  parent: string,
  page: readonly Item[],
  repairOne: RepairOne,
): Promise<number> {
  const { counts } = await tellChildren({ ...deps, relations: deps.catalog.relations }, parent, page);
  const base = await deps.store.get(baseKeyOf(parent));
  const aligned = await Promise.all(page.map((item) => alignChild(deps, referenceOf(item), base, repairOne)));
  return aligned.reduce((sum, count) => sum + count, counts.refreshed);
}

async function alignChild(
  deps: ChildDependencies,
  { parent, relationId, child }: Reference,
  base: Item | undefined,
  repairOne: RepairOne,
): Promise<number> {
  const relation = deps.catalog.relations.get(relationId);
  const owner = relation && deps.catalog.byKey(child);
  if (relation === undefined || owner === undefined) return 0;
  switch (standingOf(await deps.store.get(child), parent, base, relation)) {
    case 'unconcerned':
      return 0;
    case 'in line':
      return isBaseKey(child) ? alignChildren(deps, child.pk, repairOne) : 0;
    case 'differs': // a base item is repaired with those that embed it
      return isRepaired(await repairOne(owner.view, owner.row)) ? 1 : 0;
  }
}

/** unconcerned: it points elsewhere, or the base item says nothing now */
function standingOf(
  item: Item | undefined,
  parent: string,
  base: Item | undefined,
  relation: Relation,
): 'unconcerned' | 'in line' | 'differs' {
  const held = heldOf(item, relation.name);
  const { version, value } = fragmentOf(base, relation);
  if (held?.parent !== parent || version === '') return 'unconcerned';
  return held.version === version && sameValue(item?.[relation.name] ?? NULL, value) ? 'in line' : 'differs';
}
