import type { AnyView } from './view.ts';

/** What becomes of a write to an item that did not go through the SDK, such as an `UpdateItem` of another program. */
export const RawWrites = {
  /** It becomes a customer's change, within what customers may change; SQL decides. */
  capture: 'capture',
  /** SQL does not hear of it, and the item is repaired from SQL. */
  forbid: 'forbid',
} as const;
export type RawWrites = (typeof RawWrites)[keyof typeof RawWrites];

/** What is wrong with how a view takes writes that bypass the SDK; undefined: nothing. */
export function rawWritesProblem({ rawWrites, changes }: AnyView): string | undefined {
  const known: readonly unknown[] = Object.values(RawWrites);
  if (!known.includes(rawWrites)) return `rawWrites must be one of ${known.join(', ')}.`;
  const changeable = changes.allow.length > 0 || changes.insert || changes.delete;
  return rawWrites === RawWrites.capture && !changeable
    ? `rawWrites: 'capture' needs something that customers may change; say so in "changes", or remove rawWrites.`
    : undefined;
}
