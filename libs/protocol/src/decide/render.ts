import type { Attributes } from '../attribute.ts';
import type { PendingChange, Truth } from '../item.ts';

/**
 * What a reader sees: SQL truth with the pending changes laid over it, in order.
 * Undefined when the row is not there to be seen.
 */
export function render(truth: Truth, pending: readonly PendingChange[]): Attributes | undefined {
  let visible: Attributes | undefined = truth.exists === true ? truth.columns : undefined;
  for (const change of pending) {
    if (change.op === 'd') visible = undefined;
    else if (change.op === 'i') visible = change.set;
    else if (visible !== undefined) visible = { ...visible, ...change.set };
  }
  return visible;
}
