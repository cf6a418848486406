/** What an item embeds, held against the base items of those rows; and whether it would be told of their changes. */
import {
  type Attributes,
  type Fragment,
  type AttributeValue,
  type Item,
  type ItemKey,
  NULL,
  baseKeyOf,
  fragmentMeta,
  fragmentOf,
  heldOf,
  jobKey,
  map,
  referenceKey,
  sameValue,
  text,
} from '@hybridge/protocol';
import type { ItemReader } from '@hybridge/reader-dynamodb';
import { type AnyView, type ViewRelation, linksOf } from '@hybridge/views';
import { ComparisonClass } from './classify.ts';
import { type Look, isRightAndLive } from './look.ts';
import { readItems } from './read-items.ts';

type ItemAt = (key: ItemKey) => Item | undefined;

/** Something about one relation of an item that is not as it should be. */
export interface RelationFinding {
  readonly about: 'fragment' | 'reference';
  /** Partition key of the parent's base item where SQL's row points; empty: nowhere. */
  readonly parent: string;
  /** Whether a fan-out from that parent would mend it. */
  readonly isBehind: boolean;
  readonly expected: Attributes;
  readonly actual: Attributes;
}

/** Looks, held against base items and references too. @throws ItemReaderError */
export async function lookAtRelations(
  view: AnyView,
  looks: readonly Look[],
  items: Pick<ItemReader, 'batchGet'>,
): Promise<readonly Look[]> {
  if (view.relations.length === 0) return looks;
  const asked = looks.filter(isRightAndLive);
  const itemAt = await readItems(
    items,
    asked.flatMap((look) => neighboursOf(view, look)),
  );
  const findings = new Map(asked.map((look) => [look, findingsIn(view, look, itemAt)]));
  const jobAt = await readItems(
    items,
    [...findings.values()]
      .flat()
      .filter(({ isBehind }) => isBehind)
      .map(({ parent }) => jobKey(parent)),
  );
  return looks.map((look) => judged(look, findings.get(look) ?? [], jobAt));
}

/** Base items and references. */
function neighboursOf(view: AnyView, { row, key }: Look): readonly ItemKey[] {
  const links = row === undefined ? undefined : linksOf(view, row.row);
  return relationsOf(view).flatMap(({ name, relation }) => {
    const parent = links?.[name] ?? '';
    return parent === '' ? [] : [baseKeyOf(parent), referenceKey(parent, relation, key)];
  });
}

const relationsOf = (view: AnyView): readonly ViewRelation[] => view.relations;

/** @param look of a row and its live item */
export function findingsIn(view: AnyView, { row, item, key }: Look, itemAt: ItemAt): readonly RelationFinding[] {
  const links = row === undefined ? undefined : linksOf(view, row.row);
  if (links === undefined || item === undefined) return [];
  return relationsOf(view).flatMap((one) => {
    const parent = links[one.name] ?? '';
    return [...fragmentFinding(one, parent, item, itemAt), ...referenceFinding(one, parent, key, itemAt)];
  });
}

function fragmentFinding(
  { name, relation }: ViewRelation,
  parent: string,
  item: Item,
  itemAt: ItemAt,
): readonly RelationFinding[] {
  const base = parent === '' ? undefined : itemAt(baseKeyOf(parent));
  const fragment = fragmentOf(base, relation);
  const held = heldOf(item, name);
  const value = item[name] ?? NULL;
  const pointsThere = held?.parent === parent;
  if (pointsThere && isRight({ version: held.version, value }, fragment, base)) return [];
  return [
    {
      about: 'fragment',
      parent,
      isBehind: pointsThere && held.version < fragment.version,
      expected: { [name]: fragment.value, [fragmentMeta(name)]: metaValue(parent, fragment.version) },
      actual: { [name]: value, [fragmentMeta(name)]: item[fragmentMeta(name)] ?? NULL },
    },
  ];
}

/** @param held of the parent that SQL's row points to */
function isRight(held: Fragment, fragment: Fragment, base: Item | undefined): boolean {
  // A fenced or quarantined parent says nothing: children keep what they have.
  if (base !== undefined && fragment.version === '') return true;
  // The tombstone of a parent that is gone expires; its version stays with the children.
  const isVersionRight = base === undefined || held.version === fragment.version;
  return isVersionRight && sameValue(held.value, fragment.value);
}

const metaValue = (k: string, v: string): AttributeValue => map({ k: text(k), v: text(v) });

function referenceFinding(
  { name, relation }: ViewRelation,
  parent: string,
  child: ItemKey,
  itemAt: ItemAt,
): readonly RelationFinding[] {
  if (parent === '') return [];
  const key = referenceKey(parent, relation, child);
  if (itemAt(key) !== undefined) return [];
  const expected = { [`reference of ${name}`]: map({ pk: text(key.pk), sk: text(key.sk) }) };
  return [{ about: 'reference', parent, isBehind: false, expected, actual: { [`reference of ${name}`]: NULL } }];
}

function judged(look: Look, findings: readonly RelationFinding[], jobAt: ItemAt): Look {
  const [first] = findings;
  if (first === undefined) return look;
  const evidence = {
    expected: Object.assign({}, ...findings.map(({ expected }) => expected)) as Attributes,
    actual: Object.assign({}, ...findings.map(({ actual }) => actual)) as Attributes,
  };
  const isComing = findings.every(({ isBehind, parent }) => isBehind && jobAt(jobKey(parent)) !== undefined);
  if (isComing) return { ...look, class: ComparisonClass.fanOut, evidence };
  const isStale = findings.some(({ about }) => about === 'fragment');
  return {
    ...look,
    class: isStale ? ComparisonClass.fragmentStale : ComparisonClass.referenceMissing,
    evidence,
  };
}
