import { type ItemKey, type RepairDecision, carryOutChild, repairOperation } from '@hybridge/protocol';
import { type AnyView, type StorePorts, protocolRelations } from '@hybridge/views';

/** Whatever the item says, and embeds, becomes a fence that keeps its version (10'). */
export async function fenceItem(view: AnyView, key: ItemKey, { store, context }: StorePorts): Promise<RepairDecision> {
  const { outcome } = await carryOutChild(store, repairOperation(key, protocolRelations(view), context));
  return outcome;
}
