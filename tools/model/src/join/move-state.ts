import {
  type Item,
  type ItemKey,
  type Lease,
  type MoveFlight,
  type Write,
  anchorKey,
  formatKey,
  plainShape,
} from '@hybridge/protocol';
import type { Step } from '../checker/model.ts';
import { type JoinDesign, SHIPPED_JOINS } from './design.ts';
import type { JoinWorld } from './world.ts';

/** What is explored: one row whose key has a column that changes. */
export interface MoveConfiguration {
  readonly name: string;
  readonly mode: 'eager' | 'lazy';
  readonly places: readonly string[];
  /** The row is at the first place, and no event of that is ever sent. */
  readonly uncaptured?: boolean;
  readonly budgets: { readonly [what in Budget]?: number };
}

export type Budget = 'changes' | 'crash' | 'zombie' | 'replay' | 'reads';

/** Parts of the design that naive ones change. */
export interface MoveDesign extends Pick<JoinDesign, 'conditionOf' | 'updateOf'> {
  readonly anchorFirst: boolean;
  readonly fillsAnchor: boolean;
  /** Changes of one row are merged, wherever they lead. */
  readonly mergesMoves: boolean;
}

export const SHIPPED_MOVES: MoveDesign = {
  ...SHIPPED_JOINS,
  anchorFirst: false,
  fillsAnchor: true,
  mergesMoves: false,
};

export interface Flight {
  readonly at: number;
  readonly covers: number;
  readonly work: MoveFlight<string>;
  /** The anchor was written already. */
  readonly early?: boolean;
}

export interface Fill {
  readonly place: string;
  readonly lease: Lease;
  readonly row?: string | null;
  readonly anchored?: boolean;
}

export interface State {
  readonly at: string | null;
  readonly log: readonly (string | null)[];
  readonly records: readonly number[];
  readonly committed: number;
  readonly consumer: Flight | undefined;
  readonly zombie: Flight | undefined;
  readonly fill: Fill | undefined;
  readonly items: Readonly<Record<string, Item>>;
  readonly budgets: MoveConfiguration['budgets'];
}

export const ANCHOR = anchorKey('rows', '1');
export const SHAPE = plainShape(['n']);
export const placeKey = (place: string): ItemKey => ({ pk: `m1#PLACE#${place}`, sk: 'ROW#1' });

export interface Parts {
  readonly world: JoinWorld;
  readonly configuration: MoveConfiguration;
  readonly design: MoveDesign;
}

export const progress = (name: string, next: State): Step<State> => ({ name, kind: 'progress', next });

export function spend(state: State, budget: Budget, name: string, next: Partial<State>): Step<State>[] {
  const left = state.budgets[budget] ?? 0;
  if (left === 0) return [];
  return [{ name, kind: 'chance', next: { ...state, ...next, budgets: { ...state.budgets, [budget]: left - 1 } } }];
}

export function applied(
  { world }: Parts,
  state: State,
  write: Write,
): { readonly ok: boolean; readonly item: Item | undefined; readonly state: State } {
  const id = formatKey(write.key);
  const { ok, item } = world.write(write, state.items[id]);
  if (!ok) return { ok, item, state };
  const { [id]: _, ...others } = state.items;
  return { ok, item, state: { ...state, items: item === undefined ? others : { ...others, [id]: item } } };
}
