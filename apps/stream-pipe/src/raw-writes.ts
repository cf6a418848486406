import { ApplyCustomerChange, WireChange } from '@hybridge/contracts';
import {
  type Attributes,
  type Item,
  ItemState,
  Meta,
  NULL,
  type PendingChange,
  RAW_WRITER,
  columnsOf,
  hasPending,
  nonceOf,
  pendingOf,
  pendingToWire,
  rawChangeId,
  sameAttributes,
  sameValue,
  scalarOf,
  stateOf,
} from '@hybridge/protocol';
import type { StreamRecord } from '@hybridge/source-dynamodb-stream';
import { type AnyView, RawWrites, comparedOf } from '@hybridge/views';
import { type OutgoingMessage, messageOf } from './message.ts';

/** A write to an item that did not go through the protocol. */
export interface RawWrite {
  readonly kind: 'write' | 'delete';
  /** Undefined for an item of no view. */
  readonly view: string | undefined;
  /** Own columns that became others. */
  readonly fields: readonly string[];
  /** SQL is asked to take it; otherwise it is forbidden, and the item only repaired. */
  readonly captured: boolean;
}

/** Whether somebody changed own columns of an item, or removed it, without the protocol. */
export const isRaw = ({ oldImage, newImage, byTtl }: StreamRecord): boolean =>
  newImage === undefined ? !byTtl && isInUse(oldImage) : isRawWrite(oldImage, newImage);

/** A writer that puts a whole item leaves no nonce, one that updates leaves the old one. */
function isRawWrite(before: Item | undefined, after: Item): boolean {
  const nonce = nonceOf(after);
  if (nonce !== '' && (before === undefined || nonceOf(before) !== nonce)) return false;
  return !sameAttributes(before === undefined ? {} : columnsOf(before), columnsOf(after));
}

/** Fences and tombstones tell of no row; DynamoDB itself removes them in time. */
function isInUse(item: Item | undefined): boolean {
  if (item === undefined) return false;
  const state = stateOf(item);
  return hasPending(item) || (state !== ItemState.fence && state !== ItemState.tombstone);
}

/**
 * What is told of a raw write, and the command it calls for. Also one that is forbidden goes to SQL, which refuses it:
 * every answer to a raw write has the projector put the row in its place.
 *
 * The command carries the customers' changes that the item waited for, as the writer saw their values. Where it does not
 * fit or holds a value that no message can carry, it asks for the repair alone.
 */
export function rawWriteOf(
  record: StreamRecord,
  view: AnyView,
  fits: (message: OutgoingMessage) => boolean,
): { readonly raw: RawWrite; readonly command: OutgoingMessage } {
  const asked = changeOf(record, view);
  const fields = asked.op === 'd' ? [] : Object.keys(asked.set);
  const commands = [[...waitingIn(record.oldImage), asked], [asked]].flatMap((changes) =>
    commandOf(record, view, changes),
  );
  const whole = commands.find(fits);
  const command = whole ?? (commandOf(record, view, [{ ...asked, ...REPAIR }])[0] as OutgoingMessage);
  const captured = whole !== undefined && view.rawWrites === RawWrites.capture && isAllowed(asked, view);
  return {
    raw: { kind: record.newImage === undefined ? 'delete' : 'write', view: view.name, fields, captured },
    command,
  };
}

type Asked = Pick<PendingChange, 'op' | 'set' | 'base'>;

/** An update of nothing: nobody can mean it, and its answer repairs the item. */
const REPAIR: Asked = { op: 'u', set: {}, base: {} };

function changeOf(record: StreamRecord, view: AnyView): PendingChange {
  const { oldImage: before } = record;
  const last = waitingIn(before).at(-1);
  return {
    id: rawChangeId(record),
    n: (last?.n ?? 0) + 1,
    ...askedBy(record, view),
    baseVersion: scalarOf(before?.[Meta.version]) ?? '',
    at: record.at,
    by: RAW_WRITER,
  };
}

function askedBy({ oldImage: before, newImage: after }: StreamRecord, view: AnyView): Asked {
  const [old, now] = [columnsIn(before, view), columnsIn(after, view)];
  if (after === undefined) return showsRow(before) ? { op: 'd', set: {}, base: old } : REPAIR;
  if (showsRow(before)) return updateOf(old, now, view);
  const isNew =
    before === undefined || (!hasPending(before) && isPassing(before) && stateOf(after) !== stateOf(before));
  return isNew ? { op: 'i', set: now, base: {} } : REPAIR;
}

/** A column that a raw writer took away stands for none. */
function updateOf(old: Attributes, now: Attributes, view: AnyView): Asked {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (name) => !sameValue(old[name], now[name]),
  );
  const seen = [...new Set([...names, ...comparedOf(view)])];
  return {
    op: 'u',
    set: Object.fromEntries(names.map((name) => [name, now[name] ?? NULL])),
    base: Object.fromEntries(seen.flatMap((name) => (old[name] === undefined ? [] : [[name, old[name]]]))),
  };
}

/** Without what is computed: it follows the others, so that nobody can mean it. */
const columnsIn = (item: Item | undefined, { computed }: AnyView): Attributes =>
  item === undefined
    ? {}
    : Object.fromEntries(Object.entries(columnsOf(item)).filter(([name]) => !Object.hasOwn(computed, name)));

/** A live item, or one that a raw writer put before. */
const showsRow = (item: Item | undefined): boolean =>
  item !== undefined && (item[Meta.state] === undefined || stateOf(item) === ItemState.live);

const isPassing = (item: Item): boolean => stateOf(item) === ItemState.fence || stateOf(item) === ItemState.tombstone;

const waitingIn = (item: Item | undefined): readonly PendingChange[] =>
  item === undefined
    ? []
    : pendingOf(item).filter((change) => WireChange.safeParse(pendingToWire([change])[0]).success);

/** None where a change holds what no message can carry, such as a set. */
function commandOf(record: StreamRecord, view: AnyView, changes: readonly PendingChange[]): readonly OutgoingMessage[] {
  const pending = pendingToWire(changes);
  if (!pending.every((change) => WireChange.safeParse(change).success)) return [];
  const occurrence = {
    kind: 'command' as const,
    view: view.name,
    key: record.key,
    at: record.at,
    itemVersion: undefined,
    identity: rawChangeId(record),
  };
  return [messageOf(ApplyCustomerChange, occurrence, { truncated: false, pending })];
}

/** As far as the definition alone tells; SQL decides. */
function isAllowed({ op, set }: Asked, { changes }: AnyView): boolean {
  if (op !== 'u') return op === 'i' ? changes.insert : changes.delete;
  const names = Object.keys(set);
  return names.length > 0 && names.every((name) => (changes.allow as readonly string[]).includes(name));
}
