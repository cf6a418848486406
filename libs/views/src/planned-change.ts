/** What planning is made of: one thing that is not as it was, and what it asks for. */

/** What a changed definition asks for, besides that the apps run with it. The later one contains the earlier ones. */
export const PlanEffect = {
  /** Nothing. */
  none: 'none',
  /** What nobody reads any more stays in the table. */
  leftovers: 'leftovers',
  /** Rows without an item get one when they are read; to have them all, the view is compared and repaired. */
  load: 'load',
  /** Items have to be filled anew, in place: until then they are what the old definition said. */
  refill: 'refill',
  /** Old and new items cannot be mixed: the view needs another first word in its partition key, and a load. */
  rebuild: 'rebuild',
} as const;
export type PlanEffect = (typeof PlanEffect)[keyof typeof PlanEffect];

/** One thing that is not as it was. */
export interface PlannedChange {
  readonly view: string;
  /** `attribute city`, `index byStatus`, `key` */
  readonly what: string;
  readonly how: 'added' | 'removed' | 'changed';
  readonly effect: PlanEffect;
  /** What it means, in a sentence. */
  readonly meaning: string;
}

export const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** One of several by name, as it was and as it is. */
export interface Member<T> {
  readonly view: string;
  readonly what: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Those that are not as they were. */
export function membersOf<T>(
  kind: string,
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  view: string,
): readonly Member<T>[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !sameJson(before[name], after[name]))
    .map((name) => ({ view, what: `${kind} ${name}`, before: before[name], after: after[name] }));
}

export const changeOf = <T>(
  { view, what }: Member<T>,
  how: PlannedChange['how'],
  effect: PlanEffect,
  meaning: string,
) => ({
  view,
  what,
  how,
  effect,
  meaning,
});
