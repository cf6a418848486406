import {
  type AttributeValue,
  type Attributes,
  type Item,
  type ItemKey,
  type ItemState,
  Meta,
  type Outcome,
  type PendingChange,
  type Position,
  type Version,
  columnsOf,
  committedAtOf,
  decodeVersion,
  nonceOf,
  outcomesOf,
  pendingOf,
  sameValue,
  scalarOf,
  stateOf,
  transactionOf,
  truthOf,
  versionOf,
} from '@hybridge/protocol';
import type { FoundRow } from '@hybridge/reader-sql';
import { type AnyView, type Row, projectRow, unpackColumns } from '@hybridge/views';
import type { ComparisonClass } from './classify.ts';
import {
  type EmbeddedFacts,
  type JoinDependencies,
  type PlaceFacts,
  embeddedIn,
  placeFacts,
} from './explain-relations.ts';
import { keyPartsOf } from './key-parts.ts';
import type { Look } from './look.ts';
import { lookAt } from './look-at.ts';

/** Everything that made one item what it is, and the row of SQL beside it. */
export interface Explanation {
  readonly view: string;
  readonly key: ItemKey;
  /** As asked for: the primary key as texts, in its order, or an address. */
  readonly keyParts: readonly string[];
  readonly verdict: ComparisonClass;
  /** Undefined: there is no item. */
  readonly item: ItemFacts | undefined;
  /** The customer's changes that wait for SQL's answer, oldest first. */
  readonly pending: readonly PendingChange[];
  /** How the last changes ended, oldest first. */
  readonly outcomes: readonly Outcome[];
  readonly sql: {
    /** `schema.table` */
    readonly table: string;
    readonly row: 'present' | 'absent' | 'unstorable';
    /** Why no item can hold the row. */
    readonly reason?: string | undefined;
  };
  readonly attributes: readonly AttributeFacts[];
  /** Rows that it embeds. */
  readonly embedded: readonly EmbeddedFacts[];
  /** Of a view whose items move. */
  readonly place: PlaceFacts | undefined;
}

/** What the metadata of an item says. Times in milliseconds since 1970. */
export interface ItemFacts {
  readonly state: ItemState;
  readonly version: Version | undefined;
  readonly position: Position | undefined;
  /** Transaction that set the version; undefined: a snapshot row or a first fill. */
  readonly transaction: string | undefined;
  readonly committedAt: number | undefined;
  readonly nonce: string;
  /** When DynamoDB may remove it. */
  readonly expiresAt: number | undefined;
  /** Until when it is answered as "not found" without asking SQL. */
  readonly notFoundUntil: number | undefined;
  /** End of the lease of whoever fills it. */
  readonly leasedUntil: number | undefined;
  /** Why the row is quarantined. */
  readonly quarantine: string | undefined;
}

/** One attribute in the three places it may be in; undefined where it is not. */
export interface AttributeFacts {
  readonly name: string;
  /** Column of the table; undefined for what is no column. */
  readonly column: string | undefined;
  /** What a reader sees. */
  readonly visible: AttributeValue | undefined;
  /** SQL's truth as the item has it; differs from `visible` under pending changes. */
  readonly truth: AttributeValue | undefined;
  /** What SQL has now. */
  readonly sql: AttributeValue | undefined;
  /** Whether the item's truth is what SQL has. */
  readonly agrees: boolean;
}

export interface ExplainDependencies extends JoinDependencies {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Shows one item and its row, with what it embeds, without changing anything. All are read one after the other: in traffic
 * they may differ for a moment.
 *
 * @param keyRow key columns; of a row that moves its primary key, or the address of an item
 * @throws SqlReadError; as the store's `get`
 */
export async function explainItem(deps: ExplainDependencies, view: AnyView, keyRow: Row): Promise<Explanation> {
  const [found] = await deps.rows.readMany(view, [keyRow]);
  const items = { batchGet: (keys: readonly ItemKey[]) => Promise.all(keys.map((one) => deps.store.get(one))) };
  const [look] = await lookAt(view, [{ keyRow, row: found }], { items }, deps.now());
  const { key, item, class: verdict } = look as Look;
  return {
    view: view.name,
    key,
    keyParts: keyPartsOf(view, keyRow),
    verdict,
    item: item === undefined ? undefined : factsOf(item),
    pending: item === undefined ? [] : pendingOf(item),
    outcomes: item === undefined ? [] : outcomesOf(item),
    sql: { table: view.table.name, ...describeRow(found) },
    attributes: attributesOf(view, item, found),
    embedded: await embeddedIn(deps, view, { key, item, found }),
    place: await placeFacts(deps, view, keyRow, found),
  };
}

function factsOf(item: Item): ItemFacts {
  const version = versionOf(item);
  return {
    state: stateOf(item),
    version,
    position: version === undefined ? undefined : decodeVersion(version),
    transaction: transactionOf(item),
    committedAt: committedAtOf(item),
    nonce: nonceOf(item),
    expiresAt: timeOf(item, Meta.expiry, 1_000),
    notFoundUntil: timeOf(item, Meta.negativeExpiry),
    leasedUntil: timeOf(item, Meta.leaseExpiry),
    quarantine: scalarOf(item[Meta.quarantine]),
  };
}

/** @param unitMs DynamoDB's TTL counts seconds, everything else milliseconds */
function timeOf(item: Item, name: string, unitMs = 1): number | undefined {
  const value = scalarOf(item[name]);
  return value === undefined ? undefined : Number(value) * unitMs;
}

function describeRow(found: FoundRow | undefined): Pick<Explanation['sql'], 'row' | 'reason'> {
  if (found === undefined) return { row: 'absent' };
  return found.unstorable === undefined ? { row: 'present' } : { row: 'unstorable', reason: found.unstorable.message };
}

function attributesOf(view: AnyView, item: Item | undefined, found: FoundRow | undefined): readonly AttributeFacts[] {
  const visible = item === undefined ? {} : unpackColumns(view, columnsOf(item));
  const held = item === undefined ? undefined : truthOf(item);
  const truth = held?.exists === true ? unpackColumns(view, held.columns) : {};
  const sql: Attributes = found === undefined ? {} : unpackColumns(view, projectRow(view, found.row) ?? {});
  const columns: { readonly [attribute: string]: string } = view.attributes;
  return [...new Set([...view.documentNames, ...Object.keys(visible), ...Object.keys(truth)])].map((name) => ({
    name,
    column: columns[name],
    visible: visible[name],
    truth: truth[name],
    sql: sql[name],
    agrees: sameValue(truth[name], sql[name]),
  }));
}
