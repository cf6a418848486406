import { type Item, type ItemKey, type PendingChange, pendingOf } from '@hybridge/protocol';
import { isTransient } from '@hybridge/runtime';
import type { ChangeAnswer, ChangeSink, KnownAnswer } from '@hybridge/sink-sql';
import { EXPIRED, POISON } from './give-up.ts';
import { Primary } from '@hybridge/views';
import type { WritebackMetrics } from './metrics.ts';
import { rawRefusal } from './raw-writes.ts';
import type { Command } from './wire.ts';

export interface ApplyDeps {
  readonly sink: ChangeSink;
  /** The item as it is now. */
  readonly readItem: (key: ItemKey) => Promise<Item | undefined>;
  readonly metrics: WritebackMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly resignalAfterMs: number;
  /** Age at which a change that nobody has answered is no longer applied. */
  readonly expireAfterMs: number;
  /** Age at which a change that fails for an unknown reason is refused. */
  readonly rejectAfterMs: number;
}

/**
 * Answers every change of a command in the order the customer made them. The first that SQL cannot answer now ends it:
 * what follows may stand on it.
 *
 * @param sentAt when the command was sent, milliseconds since 1970
 * @throws SqlSinkError, ItemReaderError
 */
export async function applyCommand(command: Command, sentAt: number, deps: ApplyDeps): Promise<void> {
  const changes = command.pending ?? (await pendingInItem(command, deps));
  if (changes.length === 0) return;
  const answered = await deps.sink.answered(
    command.view,
    changes.map((change) => change.id),
  );
  for (const change of changes) {
    const known = answered.get(change.id);
    const resignal = known !== undefined && (command.sweep || isStillWaited(known, sentAt, deps.resignalAfterMs));
    if (known !== undefined && !resignal) {
      deps.metrics.changes.inc({ outcome: 'already' });
      continue;
    }
    const answer = await answerTo(command, change, resignal, deps);
    observe(answer, change, resignal, deps);
  }
}

/**
 * Nobody waits for ever: what is too old to be meant, or fails for longer than an operator needs, is refused. Where the
 * item is the first copy nothing is too old: SQL is what is late.
 */
async function answerTo(
  command: Command,
  change: PendingChange,
  resignal: boolean,
  { sink, now, expireAfterMs, rejectAfterMs }: ApplyDeps,
): Promise<ChangeAnswer> {
  const forbidden = rawRefusal(command.view, change);
  if (!resignal && forbidden !== undefined) return sink.refuse(command, change, forbidden);
  const age = now() - change.at;
  if (!resignal && age >= expireAfterMs && command.view.primary !== Primary.dynamodb) {
    return sink.refuse(command, change, EXPIRED);
  }
  try {
    return await sink.apply(command, change, { resignal });
  } catch (error) {
    if (resignal || isTransient(error) || age < rejectAfterMs) throw error;
    return sink.refuse(command, change, POISON);
  }
}

async function pendingInItem(command: Command, deps: ApplyDeps): Promise<readonly PendingChange[]> {
  const item = await deps.readItem(command.itemKey);
  return item === undefined ? [] : pendingOf(item);
}

/**
 * The sender saw the change unanswered long after SQL had answered it: the signal got lost on its way to the item.
 * Late deliveries of older commands are not meant: those were sent before the answer.
 */
const isStillWaited = (known: KnownAnswer, sentAt: number, resignalAfterMs: number): boolean =>
  sentAt - known.at >= resignalAfterMs;

function observe(answer: ChangeAnswer, change: PendingChange, resignal: boolean, deps: ApplyDeps): void {
  if (answer.already) {
    deps.metrics.changes.inc({ outcome: resignal ? 'resignalled' : 'already' });
    return;
  }
  deps.metrics.changes.inc({ outcome: answer.outcome === 'A' ? 'applied' : 'rejected' });
  deps.metrics.changeToSql.observe(Math.max(0, deps.now() - change.at) / 1_000);
}
