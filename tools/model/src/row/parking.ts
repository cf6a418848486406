import { hasPending } from '@hybridge/protocol';
import type { Step } from '../checker/model.ts';
import { beginRepair } from './customer.ts';
import { isServed } from './flight.ts';
import type { State } from './state.ts';
import type { World } from './world.ts';

/** A record that cannot be applied parks its key; somebody releases it, which repairs the item. */
export function parkingSteps(world: World, state: State): Step<State>[] {
  const { parking } = state;
  if (parking === undefined) return poisonSteps(state);
  if (parking.phase === 'parked') return releaseSteps(world, state);
  const mayRepair = state.repairer === undefined && !(state.item !== undefined && hasPending(state.item));
  if (parking.phase !== 'released' || !mayRepair) return [];
  const next = beginRepair(world, { ...state, parking: { ...parking, phase: 'repairing' } });
  return [{ name: 'release reads the item', kind: 'progress', next }];
}

/** The key is marked before anything is written. */
function poisonSteps(state: State): Step<State>[] {
  const { budgets, rows } = state;
  const record = rows.records[rows.committed];
  if (budgets.poison === 0 || record === undefined || state.projector !== undefined || !isServed(state)) return [];
  const parking = { poison: record.commit.number, phase: 'parked' as const };
  const next = { ...state, parking, budgets: { ...budgets, poison: budgets.poison - 1 } };
  return [{ name: `projector parks the key at #${record.commit.number}`, kind: 'chance', next }];
}

function releaseSteps({ design, configuration }: World, state: State): Step<State>[] {
  const { parking, visible } = state;
  if (parking === undefined) return [];
  const isSeen = visible >= Math.floor(parking.poison);
  if (design.releasesVisible && configuration.poison === 'without version' && !isSeen) return [];
  const next: State = { ...state, parking: { ...parking, phase: 'released' } };
  return [{ name: 'the key is released', kind: 'chance', next }];
}
