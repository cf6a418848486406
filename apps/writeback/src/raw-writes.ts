import { type PendingChange, isRawChange } from '@hybridge/protocol';
import { type Refusal, RefusalCode } from '@hybridge/sink-sql';
import { type AnyView, RawWrites } from '@hybridge/views';

/**
 * Why a write behind the protocol is not applied, whatever it says; undefined: it is decided like any other change.
 * The answer alone has the item repaired, so that one without values asks for no more than that.
 */
export function rawRefusal(view: AnyView, change: PendingChange): Refusal | undefined {
  if (!isRawChange(change.id)) return undefined;
  const isEmpty = change.op === 'u' && Object.keys(change.set).length === 0;
  if (view.rawWrites === RawWrites.capture && !isEmpty) return undefined;
  return { code: RefusalCode.policy, message: `${view.name} does not take this write that bypassed Hybridge.` };
}
