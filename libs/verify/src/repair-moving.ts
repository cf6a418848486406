import {
  type Item,
  type ItemKey,
  ZERO_VERSION,
  anchorWrite,
  formatKey,
  versionOf,
  placeNamed,
} from '@hybridge/protocol';
import { type AnyView, type Row, anchorOfRow, belongsTo, keyOfRow } from '@hybridge/views';
import { isAnchorRight } from './anchors.ts';
import { isAddress } from './key-parts.ts';
import { placeIn } from './look.ts';
import { type Repair, type RepairDependencies, RepairOutcome, isRepaired } from './repair-outcome.ts';

/**
 * Repairs a row whose item may move: its anchor names SQL's place again, and every place that may hold the row is filled
 * anew, which leaves a tombstone where the row does not lie. An anchor is written over the one that was seen, so that a
 * move that was faster keeps its own.
 * @param repairAt repairs the item of one place
 */
export async function repairMoving(
  dependencies: RepairDependencies,
  view: AnyView,
  keyRow: Row,
  repairAt: (place: ItemKey) => Promise<Repair>,
): Promise<Repair> {
  const { store } = dependencies;
  const anchorKey = anchorOfRow(view, keyRow);
  const anchor = await store.get(anchorKey);
  const place = await placeInSql(dependencies, view, keyRow); // after the anchor: a move in between is seen by its version
  const asked = isAddress(view, keyRow) ? keyOfRow(view, keyRow) : undefined;
  const key = asked ?? place ?? anchorKey;
  const problem = await mendAnchor(dependencies, view, { anchorKey, anchor, place });
  if (problem !== undefined) return { key, outcome: problem, before: anchor, after: await store.get(anchorKey) };

  const places = new Map([placeNamed(anchor), asked, place].flatMap((one) => (one ? [[formatKey(one), one]] : [])));
  const repairs: Repair[] = [];
  for (const one of places.values()) repairs.push(await repairAt(one));
  return wholeOf(key, repairs);
}

async function placeInSql({ rows }: RepairDependencies, view: AnyView, keyRow: Row): Promise<ItemKey | undefined> {
  const { row, unstorable } = await rows.read(view, keyRow);
  if (row === undefined || !belongsTo(view, row)) return undefined;
  return placeIn(view, { row, ...(unstorable !== undefined && { unstorable }) });
}

/** What became of the place that was asked for; of another one that could not be repaired, why. */
function wholeOf(key: ItemKey, repairs: readonly Repair[]): Repair {
  const failed = repairs.find((repair) => !isRepaired(repair));
  const main = repairs.find((repair) => formatKey(repair.key) === formatKey(key));
  const outcome = failed?.outcome ?? main?.outcome ?? RepairOutcome.absent;
  return { key, before: main?.before, after: main?.after, outcome };
}

interface SeenPlace {
  readonly anchorKey: ItemKey;
  readonly anchor: Item | undefined;
  /** Where the row lies; undefined: nowhere. */
  readonly place: ItemKey | undefined;
}

/** Condition 15. Where there is no anchor, the fill sets it. @returns why it must not be, or undefined */
async function mendAnchor(
  { store, context, isPrimary }: RepairDependencies,
  view: AnyView,
  { anchorKey, anchor, place }: SeenPlace,
): Promise<RepairOutcome | undefined> {
  if (anchor === undefined || isAnchorRight(place, anchor)) return undefined;
  // A replica may not have seen yet what the anchor stands for.
  if (!(await isPrimary(view))) return RepairOutcome.needsPrimary;
  const version = versionOf(anchor);
  const write = anchorWrite(anchorKey, { place, version: version ?? ZERO_VERSION, seen: version }, context);
  return (await store.write(write)).ok ? undefined : RepairOutcome.overtaken;
}
