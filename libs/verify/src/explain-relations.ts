import {
  type AttributeValue,
  type FanOutJob,
  type Item,
  type ItemKey,
  type ItemState,
  type Version,
  baseKeyOf,
  entriesOf,
  fragmentOf,
  heldOf,
  jobKey,
  jobOf,
  referenceKey,
  sameValue,
  stateOf,
  versionOf,
  placeNamed,
} from '@hybridge/protocol';
import type { FoundRow, TableReader } from '@hybridge/reader-sql';
import {
  type AnyView,
  type Row,
  type ViewRelation,
  anchorOfRow,
  decodeTextRow,
  keyColumns,
  linksOf,
  parseKey,
  projectRow,
} from '@hybridge/views';
import { isAnchorRight } from './anchors.ts';
import { keyPartsOf } from './key-parts.ts';
import { placeIn } from './look.ts';

/** A row that an item embeds: what it holds of it, what the base item says, and what SQL says. */
export interface EmbeddedFacts {
  readonly name: string;
  /** View of the base items, which "explain" and "repair" take. */
  readonly view: string;
  /** `schema.table` */
  readonly table: string;
  /** Key of the base item where SQL's row points; undefined: nowhere, or there is no row. */
  readonly base: ItemKey | undefined;
  /** Primary key of that row as texts, in its order. */
  readonly keyParts: readonly string[];
  /** Partition key of the base item whose fragment the item holds; empty: it points nowhere; undefined: it holds none. */
  readonly held: string | undefined;
  /** Version of the fragment; empty: nothing was known of the row. */
  readonly version: string | undefined;
  /** Undefined: there is no base item. */
  readonly baseItem: BaseFacts | undefined;
  /** Whether the item holds what the base item says now; where that one says nothing, it does. */
  readonly agrees: boolean;
  /** Whether the item is told of changes; undefined: there is no row to be told of. */
  readonly isReferenced: boolean | undefined;
  /** A fan-out of that row that is under way. */
  readonly job: FanOutJob | undefined;
  readonly row: 'present' | 'absent' | 'unstorable' | undefined;
  readonly attributes: readonly EmbeddedAttribute[];
  /** What that row embeds itself. */
  readonly embedded: readonly EmbeddedFacts[];
}

export interface BaseFacts {
  readonly state: ItemState;
  /** Of the row. */
  readonly version: Version | undefined;
  /** What a fragment of it has to have; empty: it says nothing now. */
  readonly fragmentVersion: string;
}

/** One embedded attribute in the three places it may be in. */
export interface EmbeddedAttribute {
  readonly name: string;
  readonly column: string | undefined;
  readonly item: AttributeValue | undefined;
  readonly base: AttributeValue | undefined;
  readonly sql: AttributeValue | undefined;
}

/** Where the item of a row lies, of a view whose items move. */
export interface PlaceFacts {
  readonly anchor: ItemKey;
  /** What the anchor names; undefined: nothing, or there is none. */
  readonly named: ItemKey | undefined;
  /** Where SQL's row belongs; undefined: nowhere. */
  readonly place: ItemKey | undefined;
  readonly agrees: boolean;
}

export interface JoinDependencies {
  /** Strongly consistent. */
  readonly store: { get(key: ItemKey): Promise<Item | undefined> };
  readonly rows: Pick<TableReader, 'readMany'>;
}

interface Child {
  readonly key: ItemKey;
  readonly item: Item | undefined;
  readonly found: FoundRow | undefined;
}

/** One of each relation, in the order of the definition. @throws SqlReadError; as the store's `get` */
export const embeddedIn = (deps: JoinDependencies, view: AnyView, child: Child): Promise<readonly EmbeddedFacts[]> =>
  Promise.all(
    (view.relations as readonly ViewRelation[]).map((relation) => embeddedFacts(deps, view, relation, child)),
  );

async function embeddedFacts(
  deps: JoinDependencies,
  view: AnyView,
  one: ViewRelation,
  child: Child,
): Promise<EmbeddedFacts> {
  const { name, base } = one;
  const held = heldOf(child.item, name);
  const parent = parentOf(view, one, child);
  const named = { name, view: base.name, table: base.table.name, held: held?.parent, version: held?.version };
  if (parent === '') return { ...named, ...NO_ROW, agrees: (held?.parent ?? '') === '' };
  const key = baseKeyOf(parent);
  const neighbours = await readNeighbours(deps, one, parent, child.key);
  const { baseItem, row } = neighbours;
  return {
    ...named,
    base: key,
    ...standingOf(one, parent, child.item, neighbours),
    attributes: attributesOf(base, entriesOf(child.item?.[name]), baseItem, row),
    embedded: await embeddedIn(deps, base, { key, item: baseItem, found: row }),
  };
}

/** Where SQL's row points; without a row where the item does. */
function parentOf(view: AnyView, { name }: ViewRelation, { item, found }: Child): string {
  const links = found === undefined ? undefined : linksOf(view, found.row);
  return (links === undefined ? heldOf(item, name)?.parent : links[name]) ?? '';
}

interface Neighbours {
  readonly baseItem: Item | undefined;
  readonly reference: Item | undefined;
  readonly job: Item | undefined;
  readonly keyRow: Row | undefined;
  readonly row: FoundRow | undefined;
}

async function readNeighbours(
  { store, rows }: JoinDependencies,
  { base, relation }: ViewRelation,
  parent: string,
  child: ItemKey,
): Promise<Neighbours> {
  const keyRow = keyRowOf(base, baseKeyOf(parent));
  const [baseItem, reference, job, [row]] = await Promise.all([
    store.get(baseKeyOf(parent)),
    store.get(referenceKey(parent, relation, child)),
    store.get(jobKey(parent)),
    keyRow === undefined ? [undefined] : rows.readMany(base, [keyRow]),
  ]);
  return { baseItem, reference, job, keyRow, row };
}

type Standing = Pick<EmbeddedFacts, 'keyParts' | 'baseItem' | 'agrees' | 'isReferenced' | 'job' | 'row'>;

function standingOf(
  { name, base, relation }: ViewRelation,
  parent: string,
  item: Item | undefined,
  { baseItem, reference, job, keyRow, row }: Neighbours,
): Standing {
  const held = heldOf(item, name);
  const fragment = fragmentOf(baseItem, relation);
  const isSame = held?.version === fragment.version && sameValue(item?.[name], fragment.value);
  return {
    keyParts: keyRow === undefined ? [] : keyPartsOf(base, keyRow),
    baseItem: baseItem && {
      state: stateOf(baseItem),
      version: versionOf(baseItem),
      fragmentVersion: fragment.version,
    },
    agrees: held?.parent === parent && (isSame || fragment.version === ''),
    isReferenced: reference !== undefined,
    job: job && jobOf(job),
    row: presenceOf(row),
  };
}

const NO_ROW = {
  base: undefined,
  keyParts: [],
  baseItem: undefined,
  isReferenced: undefined,
  job: undefined,
  row: undefined,
  attributes: [],
  embedded: [],
} as const;

function keyRowOf(base: AnyView, key: ItemKey): Row | undefined {
  const texts = parseKey(base.key, key);
  return texts && decodeTextRow(base.table, keyColumns(base.key), texts);
}

const presenceOf = (found: FoundRow | undefined): EmbeddedFacts['row'] => {
  if (found === undefined) return 'absent';
  return found.unstorable === undefined ? 'present' : 'unstorable';
};

/** Own attributes; what that row embeds has its own facts. */
function attributesOf(
  base: AnyView,
  held: Readonly<Record<string, AttributeValue>>,
  baseItem: Item | undefined,
  found: FoundRow | undefined,
): readonly EmbeddedAttribute[] {
  const sql = found === undefined ? {} : (projectRow(base, found.row) ?? {});
  const columns: { readonly [attribute: string]: string } = base.attributes;
  return (base.documentNames as readonly string[]).map((name) => ({
    name,
    column: columns[name],
    item: held[name],
    base: baseItem?.[name],
    sql: sql[name],
  }));
}

/** Undefined for a view whose items stay. @throws as the store's `get` */
export async function placeFacts(
  { store }: Pick<JoinDependencies, 'store'>,
  view: AnyView,
  keyRow: Row,
  found: FoundRow | undefined,
): Promise<PlaceFacts | undefined> {
  if (!view.moves) return undefined;
  const anchor = anchorOfRow(view, keyRow);
  const item = await store.get(anchor);
  const place = found === undefined ? undefined : placeIn(view, found);
  return { anchor, named: placeNamed(item), place, agrees: found === undefined || isAnchorRight(place, item) };
}
