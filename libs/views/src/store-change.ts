/** How what SQL says reaches the items of any view: alone, with what it embeds, or moving. */
import {
  type BaseOutcome,
  type ChildOperation,
  type Ended,
  type FanOutPorts,
  type ItemKey,
  type ItemStore,
  type Links,
  type MoveOutcome,
  type ProtocolContext,
  type RowChange,
  type RowChangeOutcome,
  type Seen,
  type SettleOutcome,
  type SettleSignal,
  ViewMode,
  baseOperation,
  carryOut,
  carryOutChild,
  carryOutMove,
  decideRawAnswer,
  decideRowChange,
  decideSettle,
  fanOut,
  mustFanOut,
  rawAnswerOperation,
  rowOperation,
  settleOperation,
} from '@hybridge/protocol';
import type { RowPlace } from './change-decoder.ts';
import type { DecodedChange } from './decode-event.ts';
import { protocolRelations } from './embed.ts';
import type { AnyView } from './view.ts';

export interface StorePorts {
  readonly store: ItemStore;
  readonly context: ProtocolContext;
}

/** A row change, as it was decoded or as several were joined. */
export type LinkedChange = Pick<DecodedChange, 'change' | 'links' | 'guess' | 'move'> & {
  /** It stands for earlier ones as well. */
  readonly covers?: boolean;
};

export type StoreOutcome = MoveOutcome<RowChangeOutcome> | BaseOutcome;

/**
 * Stores a row change. `fenced`: an eager view has to fill the item, before `tellChildren`.
 * @param first as for `carryOut`
 * @throws ProtocolError `HYBRIDGE_PROTOCOL_WRITE_REFUSED`; whatever the store throws
 */
export async function storeRowChange(
  ports: StorePorts,
  view: AnyView,
  linked: LinkedChange,
  first?: Seen,
): Promise<Ended<StoreOutcome>> {
  const { store, context } = ports;
  const { change, move } = linked;
  if (move !== undefined) return carryOutMove(store, moveOf(context, view, linked, move));
  if (view.isBase) return carryOutChild(store, baseOperation(change, linkedOf(view, linked), context), first);
  if (view.relations.length > 0) return carryOutChild(store, operationOf(context, view, linked), first);
  return carryOut(store, change.key, (seen) => decideRowChange(change, view.mode, context, seen), first);
}

const linkedOf = (view: AnyView, { links, guess, covers = false }: LinkedChange) => ({
  relations: protocolRelations(view),
  links,
  guess,
  covers,
});

const operationOf = (context: ProtocolContext, view: AnyView, linked: LinkedChange): ChildOperation<RowChangeOutcome> =>
  rowOperation(linked.change, view.mode, linkedOf(view, linked), context);

function moveOf(context: ProtocolContext, view: AnyView, linked: LinkedChange, { anchor, place }: RowPlace) {
  const { change } = linked;
  const at = (key: ItemKey, part: Partial<RowChange>, guess = linked.guess): ChildOperation<RowChangeOutcome> =>
    operationOf(context, view, { ...linked, guess, change: { ...change, ...part, key } });
  const mayStay = place !== undefined && linked.guess === 'same' && STORED.has(change.kind);
  return {
    anchor,
    version: change.version,
    place,
    stay: mayStay ? onlyWhereLive(at(place, { kind: 'partial' })) : undefined,
    arrive: place === undefined ? undefined : at(place, {}, 'other'),
    leave: (left: ItemKey) => at(left, { kind: 'delete', columns: {} }),
    context,
  };
}

/** Kinds of changes that a live item takes in one write. */
const STORED: ReadonlySet<RowChange['kind']> = new Set(['upsert', 'partial']);

/** A row that probably stays: one write, unless no live item is there. */
const onlyWhereLive = (operation: ChildOperation<RowChangeOutcome>): ChildOperation<RowChangeOutcome | 'unsure'> => ({
  ...operation,
  decide: (seen) => (seen === undefined ? operation.decide(undefined) : { do: 'done', outcome: 'unsure' }),
});

/** @throws as `storeRowChange` */
export async function storeAnswer(
  { store, context }: StorePorts,
  view: AnyView,
  signal: SettleSignal,
  links: Links | undefined,
): Promise<Ended<SettleOutcome>> {
  if (view.relations.length === 0) {
    return carryOut(store, signal.key, (seen) => decideSettle(signal, context, seen));
  }
  return carryOutChild(store, settleOperation(signal, { relations: protocolRelations(view), links }, context));
}

/** SQL's answer to a write behind the protocol. @throws as `storeRowChange` */
export async function storeRawAnswer(
  { store, context }: StorePorts,
  view: AnyView,
  signal: SettleSignal,
  links: Links | undefined,
): Promise<Ended<RowChangeOutcome>> {
  if (view.relations.length === 0) {
    return carryOut(store, signal.key, (seen) => decideRawAnswer(signal, view.mode, context, seen));
  }
  const linked = { relations: protocolRelations(view), links };
  return carryOutChild(store, rawAnswerOperation(signal, view.mode, linked, context));
}

/** Whether rows that embed this one have to hear of a change that came to its end, and was filled where it had to be. */
export const concernsOthers = (view: AnyView, { change, covers = false }: LinkedChange, ended: Ended<StoreOutcome>) =>
  view.isBase && mustFanOut(change, ended as Ended<BaseOutcome>, covers);

/**
 * Tells the rows that embed one, before the change of that one is done with.
 * @param parent of the base item
 * @param limit most that are told at once; for more of them a job is left
 */
export const tellOthers = (ports: FanOutPorts, parent: ItemKey, limit?: number) => fanOut(ports, parent.pk, limit);

/** `StoreOutcome`s that leave an eager view with a fence to be filled. */
export const mustBeFilled = (view: AnyView, outcome: StoreOutcome | SettleOutcome): boolean =>
  outcome === 'fenced' && view.mode === ViewMode.eager;
