import { type AttributeValue, NULL, entriesOf, map, scalarOf, text } from '../../attribute.ts';
import { type FragmentExpressionName, FragmentExpressions } from '../../expressions.ts';
import { FragmentMeta, type Item, ItemState, JoinMeta, fragmentMeta, relationsOf, stateOf } from '../../item.ts';
import { type Write, buildWrite } from '../../write.ts';
import type { Relation } from './relation.ts';

/**
 * What a child holds of its parent. The version grows with every change of the value: version of the parent's embedded
 * columns, then those of the fragments that it holds itself, joined with `/` and compared as a text. Only versions of one
 * parent are compared with each other, so sources may differ. Empty: nothing is known of the parent.
 */
export interface Fragment {
  readonly version: string;
  /** NULL where the parent does not exist, or nothing is known of it. */
  readonly value: AttributeValue;
}

export const UNKNOWN_FRAGMENT: Fragment = { version: '', value: NULL };

/**
 * What a relation's children have to hold of a parent. A fence and a quarantined row say nothing of the parent, so that
 * children keep what they have: the same version may come back with a value.
 */
export function fragmentOf(base: Item | undefined, { attributes }: Pick<Relation, 'attributes'>): Fragment {
  if (base === undefined) return UNKNOWN_FRAGMENT;
  switch (stateOf(base)) {
    case ItemState.live: {
      const nested = attributes.flatMap((name) => heldOf(base, name)?.version ?? []);
      const entries = attributes.map((name) => [name, base[name] ?? NULL] as const);
      return { version: [contentVersionOf(base), ...nested].join('/'), value: map(Object.fromEntries(entries)) };
    }
    case ItemState.tombstone:
      return { version: contentVersionOf(base), value: NULL };
    default:
      return UNKNOWN_FRAGMENT;
  }
}

/** Version of everything a base item holds: what a fan-out job brings. */
export const baseVersionOf = (base: Item): string =>
  fragmentOf(base, { attributes: relationsOf(base).toSorted() }).version;

/** The version that brought a base item's columns: older than `_v` where later ones changed none of them. */
function contentVersionOf(base: Item): string {
  const { v, c } = entriesOf(base[JoinMeta.contentVersion]);
  const version = scalarOf(base['_v']) ?? '';
  return scalarOf(v) === version ? (scalarOf(c) ?? version) : version;
}

/** Condition 14': the columns of `base` are those of version `version` too. */
export const touchedContent = (base: Item, version: string): AttributeValue =>
  map({ v: text(version), c: text(contentVersionOf(base)) });

/** Whose fragment an item holds for a relation, and which version of it. */
export interface Held {
  readonly parent: string;
  readonly version: string;
}

export function heldOf(item: Item | undefined, relation: string): Held | undefined {
  const meta = item?.[fragmentMeta(relation)];
  if (meta === undefined) return undefined;
  const entries = entriesOf(meta);
  return {
    parent: scalarOf(entries[FragmentMeta.key]) ?? '',
    version: scalarOf(entries[FragmentMeta.version]) ?? '',
  };
}

/** What a write does about one relation. */
export type FragmentPart =
  | { readonly do: 'keep'; readonly relation: string; readonly parent: string }
  | { readonly do: 'put'; readonly relation: string; readonly parent: string; readonly fragment: Fragment }
  | { readonly do: 'drop'; readonly relation: string };

/** Condition 12: the write of a row with what it does about the row's relations. */
export function withFragments(write: Write, parts: readonly FragmentPart[]): Write {
  const added = parts.filter((part) => !isRemoved(write, part));
  if (added.length === 0) return write;
  const pieces = added.map((part, i) => pieceOf(part, i));
  const conditions = pieces.flatMap(({ condition }) => (condition === '' ? [] : [condition]));
  const needsItem = added.some((part) => part.do === 'keep') ? ({ needsItem: true } as const) : {};
  return {
    ...write,
    condition: conditions.length === 0 ? write.condition : [`(${write.condition})`, ...conditions].join(' AND '),
    update: joinUpdates([write.update, ...pieces.map(({ update }) => update)]),
    names: Object.assign({}, write.names, ...pieces.map(({ names }) => names)) as Write['names'],
    values: Object.assign({}, write.values, ...pieces.map(({ values }) => values)) as Write['values'],
    ...needsItem,
  };
}

/** A write that removes whatever the item carries has named the fragments already. */
const isRemoved = (write: Write, part: FragmentPart): boolean =>
  part.do === 'drop' && Object.values(write.names).includes(fragmentMeta(part.relation));

type Piece = Pick<Write, 'condition' | 'update' | 'names' | 'values'>;

function pieceOf(part: FragmentPart, i: number): Piece {
  const { condition, update } = numbered(part.do, i);
  const meta = { [`#e${i}`]: fragmentMeta(part.relation) };
  const fragment = { [`#f${i}`]: part.relation };
  switch (part.do) {
    case 'drop':
      return { condition, update, names: { ...meta, ...fragment }, values: {} };
    case 'keep':
      return {
        condition,
        update,
        names: { ...meta, '#ek': FragmentMeta.key },
        values: { [`:ek${i}`]: text(part.parent) },
      };
    case 'put':
      return {
        condition,
        update,
        names: { ...meta, ...fragment, '#ek': FragmentMeta.key, '#ev': FragmentMeta.version },
        values: {
          [`:ek${i}`]: text(part.parent),
          [`:ev${i}`]: text(part.fragment.version),
          [`:e${i}`]: metaValue(part.parent, part.fragment),
          [`:f${i}`]: part.fragment.value,
        },
      };
  }
}

const metaValue = (parent: string, { version }: Fragment): AttributeValue =>
  map({ [FragmentMeta.key]: text(parent), [FragmentMeta.version]: text(version) });

/** A row has a few relations; their wordings are made once. */
const wordings = new Map<string, { readonly condition: string; readonly update: string }>();

function numbered(name: FragmentExpressionName, i: number): { readonly condition: string; readonly update: string } {
  const known = wordings.get(`${name}${i}`);
  if (known !== undefined) return known;
  const { condition, update } = FragmentExpressions[name];
  const made = { condition: condition.replaceAll('{i}', String(i)), update: update.replaceAll('{i}', String(i)) };
  wordings.set(`${name}${i}`, made);
  return made;
}

/** Every clause once: SET first, REMOVE last. */
function joinUpdates(updates: readonly string[]): string {
  const set: string[] = [];
  const remove: string[] = [];
  for (const update of updates) {
    const [sets = '', removes = ''] = update.split(/ ?REMOVE /);
    if (sets !== '') set.push(sets.replace(/^SET /, ''));
    if (removes !== '') remove.push(removes);
  }
  return [set.length > 0 ? `SET ${set.join(', ')}` : '', remove.length > 0 ? `REMOVE ${remove.join(', ')}` : '']
    .filter((clause) => clause !== '')
    .join(' ');
}

/** Condition 13: a newer fragment onto a child that points to the parent. */
export function refreshWrite(child: Write['key'], relation: string, parent: string, fragment: Fragment): Write {
  const write = buildWrite('refreshFragment', {
    key: child,
    values: {
      ek0: text(parent),
      ev0: text(fragment.version),
      e0: metaValue(parent, fragment),
      f0: fragment.value,
    },
  });
  return { ...write, names: { ...write.names, '#e0': fragmentMeta(relation), '#f0': relation } };
}
