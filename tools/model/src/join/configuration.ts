import { ViewMode } from '@hybridge/protocol';

/** How often each may happen. */
export interface Budgets {
  /** Transactions that change child 0, parents, and the parents' parents. */
  readonly children: number;
  readonly parents: number;
  readonly brands: number;
  /** Changes that customers make to child 0. */
  readonly changes: number;
  /** Readers that miss child 0. */
  readonly reads: number;
  readonly repairs: number;
  readonly crash: number;
  readonly zombie: number;
  readonly replay: number;
  /** Tombstones that end. */
  readonly expiry: number;
}

export type ChildOperationName = 'A' | 'B' | 'none' | 'column' | 'column, in parts' | 'delete';
export type ParentOperationName = 'rename' | 'rename, touched' | 'same' | 'back' | 'delete' | 'brand';

/** What is explored: rows, relations, and what may happen. */
export interface JoinConfiguration {
  readonly name: string;
  readonly mode: ViewMode;
  readonly relations: 1 | 2;
  readonly parents: readonly ('A' | 'B')[];
  /** Parents of parents; none: one level. */
  readonly brands: readonly ('X' | 'Y')[];
  /** Child 0 is the one that changes; the others point to A and are in the view from the beginning. */
  readonly children: number;
  /** Child 0 points to A, with everything in the view, from the beginning. */
  readonly childExists: boolean;
  /** The parents' base items are there from the beginning; otherwise their first events are on their way. */
  readonly parentsLoaded: boolean;
  readonly childOperations: readonly ChildOperationName[];
  readonly parentOperations: readonly ParentOperationName[];
  /** What customers do: change a column, point to parent B, delete. */
  readonly customer: 'column' | 'parent' | 'delete';
  /** Fan-out goes by jobs, one reference a page. */
  readonly jobs: boolean;
  /** Consumers join changes that wait. */
  readonly merges: boolean;
  readonly budgets: Budgets;
}

const NOTHING: Budgets = {
  children: 0,
  parents: 0,
  brands: 0,
  changes: 0,
  reads: 0,
  repairs: 0,
  crash: 0,
  zombie: 0,
  replay: 0,
  expiry: 0,
};

export type JoinInput = Partial<Omit<JoinConfiguration, 'name' | 'budgets'>> & { readonly budgets?: Partial<Budgets> };

/** Defaults: one new child of an eager view, which parents may change under; nothing fails. */
export const joinConfiguration = (name: string, input: JoinInput): JoinConfiguration => ({
  mode: ViewMode.eager,
  relations: 1,
  parents: ['A', 'B'],
  brands: [],
  children: 1,
  childExists: false,
  parentsLoaded: true,
  childOperations: ['A', 'B', 'delete'],
  parentOperations: ['rename'],
  customer: 'column',
  jobs: false,
  merges: false,
  ...input,
  name,
  budgets: { ...NOTHING, ...input.budgets },
});
