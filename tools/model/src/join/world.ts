import {
  DEFAULT_LIMITS,
  type Item,
  type ItemKey,
  Meta,
  type ProtocolContext,
  type Relation,
  type Version,
  type Write,
  baseKey,
  encodeVersion,
  scalarOf,
  text,
} from '@hybridge/protocol';
import { holds, updated } from '@hybridge/testkit';
import { type Interner, createInterner } from '../checker/interner.ts';
import type { JoinConfiguration } from './configuration.ts';
import type { JoinDesign } from './design.ts';

/** What the steps of one model share. */
export interface JoinWorld {
  readonly configuration: JoinConfiguration;
  readonly design: JoinDesign;
  readonly interner: Interner;
  readonly context: ProtocolContext;
  readonly childRelations: readonly Relation[];
  readonly parentRelations: readonly Relation[];
  readonly relations: ReadonlyMap<string, Relation>;
  write(write: Write, item: Item | undefined): Written;
}

export interface Written {
  readonly ok: boolean;
  /** What the table holds afterwards. */
  readonly item: Item | undefined;
}

export const NOW_MS = 1_000_000_000_000;

/** The nonce on its way, the one that an item has, and what flights hold of an item that was written since. */
const NEW = 'new';
export const CURRENT = 'nonce now';
export const FORMER = 'former nonce';
/** The same of lease tokens. */
export const LEASE = 'lease now';
export const FORMER_LEASE = 'former lease';

const context: ProtocolContext = { now: () => NOW_MS, nonce: () => NEW, limits: DEFAULT_LIMITS };

export const childKey = (child: number): ItemKey => ({ pk: `m1#CHILD#${child}`, sk: 'CHILD' });
export const parentPk = (parent: string): string => (parent === '' ? '' : baseKey('parent', parent).pk);
export const brandPk = (brand: string): string => (brand === '' ? '' : baseKey('brand', brand).pk);

/** Row events lie before the answer of their transaction. */
export const versionAt = (at: number, part: 'row' | 'answer' = 'row'): Version =>
  encodeVersion({ epoch: 0, major: BigInt(at + 1), minor: part === 'row' ? 0n : 1n, offset: 0n });

export function createJoinWorld(configuration: JoinConfiguration, design: JoinDesign): JoinWorld {
  const interner = createInterner();
  const twoLevels = configuration.brands.length > 0;
  const childRelations = Array.from({ length: configuration.relations }, (_, i) => ({
    id: `child.parent${i + 1}`,
    name: `parent${i + 1}`,
    attributes: twoLevels ? ['name', 'brand'] : ['name'],
  }));
  const parentRelations = twoLevels ? [{ id: 'parent.brand', name: 'brand', attributes: ['name'] }] : [];
  return {
    configuration,
    design,
    interner,
    context,
    childRelations,
    parentRelations,
    relations: new Map([...childRelations, ...parentRelations].map((relation) => [relation.id, relation])),
    write: createWrites(interner, design),
  };
}

function createWrites(interner: Interner, design: JoinDesign): JoinWorld['write'] {
  const known = new Map<string, Written>();
  return (write, item) => {
    const id = `${interner.idOf(write)}:${interner.idOf(item)}`;
    const found = known.get(id);
    if (found !== undefined) return found;
    const { ok, item: after } = carryOut(write, item, design);
    const written = { ok, item: after && interner.canonical(after) };
    known.set(id, written);
    return written;
  };
}

function carryOut(write: Write, item: Item | undefined, design: JoinDesign): Written {
  const scope = { attributes: item ?? {}, names: write.names, values: write.values };
  if (!holds(design.conditionOf(write), scope)) return { ok: false, item };
  const update = design.updateOf(write);
  if (update === '') return { ok: true, item: undefined };
  const after: Item = { ...updated(update, scope), pk: text(write.key.pk), sk: text(write.key.sk) };
  return { ok: true, item: renonced(sorted(after)) };
}

/** Attribute order has no meaning; equal items have to read the same. */
const sorted = (item: Item): Item =>
  Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) as Item;

/** A nonce that was just written is the current one; whoever still holds an earlier one holds a former one. */
const renonced = (item: Item): Item =>
  scalarOf(item[Meta.nonce]) === NEW ? { ...item, [Meta.nonce]: text(CURRENT) } : item;
