import { scalarOf } from '../../attribute.ts';
import { type Item, decodeTruth, relationsOf } from '../../item.ts';
import type { Version } from '../../version.ts';
import type { Write } from '../../write.ts';
import type { Seen } from '../decision.ts';
import type { ChildOperation } from './child.ts';
import { type FragmentPart, UNKNOWN_FRAGMENT, heldOf } from './fragment.ts';
import { deleteReferenceWrite, referenceKey } from './reference.ts';
import type { Relation } from './relation.ts';

/** What an operation says of its row's relations. */
type Subject = Pick<ChildOperation<unknown>, 'key' | 'links' | 'version' | 'relations' | 'guess'>;

/**
 * What a write makes of the item's truth. points: a row, which points where the operation says · gone: none, or nobody
 * knows · none: the truth stays what it was, or the item has none.
 */
export function effectOf({ links, version }: Subject, { expression, values }: Write): 'points' | 'gone' | 'none' {
  const truth = TRUTHS[expression];
  if (truth === undefined) return 'none';
  const exists = truth === 'stored' ? values[':t'] !== undefined && decodeTruth(values[':t']).exists === true : truth;
  if (!exists) return 'gone';
  const isBrought = values[':v'] === undefined || scalarOf(values[':v']) === version;
  return links !== undefined && isBrought ? 'points' : 'none';
}

/** Whether there is a row after a write; stored: the write's own `_t` says so. */
const TRUTHS: { readonly [expression in Write['expression']]?: boolean | 'stored' } = {
  upsertEager: true,
  upsertLazy: true,
  upsertPartial: true,
  touchBase: true,
  fill: true,
  settleLive: true,
  rebaseVisible: 'stored',
  rebaseHidden: 'stored',
  settleVisible: 'stored',
  settleHidden: 'stored',
  remove: false,
  quarantine: false,
  fenceLive: false,
  fenceRaw: false,
  invalidate: false,
  settleAbsent: false,
  settleUnknown: false,
};

/** Also fragments of relations that the definition does not know any more. */
export const dropped = ({ relations }: Subject, item: Item | undefined): readonly FragmentPart[] =>
  [...new Set([...relations.map(({ name }) => name), ...(item === undefined ? [] : relationsOf(item))])].map(
    (relation) => ({ do: 'drop', relation }),
  );

/** What condition 12 says of each relation. Fragments to put are read later. */
export function pointing({ relations, links, guess }: Subject, seen: Seen): readonly FragmentPart[] {
  return relations.map(({ name }) => {
    const parent = links?.[name] ?? '';
    const isSame = seen === undefined ? guess === 'same' : heldOf(seen.item, name)?.parent === parent;
    if (isSame) return { do: 'keep', relation: name, parent };
    return { do: 'put', relation: name, parent, fragment: UNKNOWN_FRAGMENT };
  });
}

export type Put = Extract<FragmentPart, { readonly do: 'put' }>;

/** The relations whose parent has to be read. */
export const putsOf = (parts: readonly FragmentPart[]): readonly Put[] =>
  parts.filter((part): part is Put => part.do === 'put' && part.parent !== '');

export const relationOf = ({ relations }: Subject, name: string): Relation =>
  relations.find((relation) => relation.name === name) ?? { id: name, name, attributes: [] };

/** J5: of the parents that the item pointed to before, as it was seen. */
export function unreferencesOf(
  operation: Subject,
  before: Item | undefined,
  write: Write,
  parts: readonly FragmentPart[],
): readonly Write[] {
  const version = write.values[':v'];
  if (version === undefined || FILLED_AFTER.has(write.expression)) return [];
  return parts.flatMap((part) => {
    const held = heldOf(before, part.relation);
    if (held === undefined || held.parent === '' || part.do === 'keep') return [];
    if (part.do === 'put' && part.parent === held.parent) return [];
    const key = referenceKey(held.parent, relationOf(operation, part.relation), operation.key);
    return [deleteReferenceWrite(key, scalarOf(version) as Version)];
  });
}

/** The row is read again soon, and mostly points where it did. */
const FILLED_AFTER: ReadonlySet<Write['expression']> = new Set(['fenceLive', 'fenceRaw']);
