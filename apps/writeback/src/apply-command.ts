import { type Item, type ItemKey, type PendingChange, pendingOf } from '@hybridge/protocol';
import type { ChangeAnswer, ChangeSink, KnownAnswer } from '@hybridge/sink-sql';
import type { WritebackMetrics } from './metrics.ts';
import type { Command } from './wire.ts';

export interface ApplyDeps {
  readonly sink: ChangeSink;
  /** The item as it is now. */
  readonly readItem: (key: ItemKey) => Promise<Item | undefined>;
  readonly metrics: WritebackMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly resignalAfterMs: number;
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
  const answered = await deps.sink.answered(changes.map((change) => change.id));
  for (const change of changes) {
    const known = answered.get(change.id);
    const resignal = known !== undefined && (command.sweep || isStillWaited(known, sentAt, deps.resignalAfterMs));
    if (known !== undefined && !resignal) {
      deps.metrics.changes.inc({ outcome: 'already' });
      continue;
    }
    const answer = await deps.sink.apply(command, change, { resignal });
    observe(answer, change, resignal, deps);
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
