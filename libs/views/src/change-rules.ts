import type { SideTarget, SideWrite } from './side-writes.ts';
import type { AnyView } from './view.ts';

/** Who wins where SQL changed, since the customer looked, what the customer set. */
export const ConflictPolicy = {
  /** The change is rejected. */
  sqlWins: 'sql-wins',
  /** The change is applied. */
  customerWins: 'customer-wins',
} as const;
export type ConflictPolicy = (typeof ConflictPolicy)[keyof typeof ConflictPolicy];

/** What is compared with what the customer saw. */
export const ConflictScope = {
  /** Only the attributes set: changes of other ones merge. */
  fields: 'fields',
  /** Every attribute of the row. */
  row: 'row',
} as const;
export type ConflictScope = (typeof ConflictScope)[keyof typeof ConflictScope];

/** A change a definition decides itself. Documents are plain values by attribute name, as the API shows them. */
export interface ChangeInQuestion<D> {
  readonly op: 'update' | 'delete';
  /** The row under its lock. */
  readonly current: D;
  /** What the customer saw: of the attributes set, or for `delete` and scope `row` of all. */
  readonly base: Partial<D>;
  /** Empty for a delete. */
  readonly set: Partial<D>;
  /** Who asked for it. */
  readonly by: string;
}

/** Apply these values (for a delete none), or refuse with a code and a text that the customer reads. */
export type Verdict<D> =
  { readonly apply: Partial<D> } | { readonly reject: { readonly code: string; readonly message: string } };

/** A customer's change as it is carried out, for the further writes that belong to it. */
export interface CarriedOutChange<D> {
  readonly op: 'insert' | 'update' | 'delete';
  readonly id: string;
  readonly by: string;
  /** When it was accepted, ISO 8601. */
  readonly at: string;
  /** Undefined for an insert. */
  readonly before: D | undefined;
  /** The row as SQL holds it now, with what its triggers did; undefined for a delete. */
  readonly after: D | undefined;
}

/** Further writes in the transaction of a change: all of them are committed with it, or nothing is. */
export interface SideWrites<D> {
  /** Where they go. Tables of the same source only. */
  readonly to: readonly SideTarget[];
  /** Pure. Carried out in this order, behind the change of the row. */
  readonly of: (change: CarriedOutChange<D>) => readonly SideWrite[];
}

/** What customers may change, and what happens when SQL changed the row meanwhile. */
export interface ChangesDefinition<D> {
  /** Attributes customers may set; key columns never. Default none. */
  readonly allow?: readonly (keyof D & string)[];
  /** Default false. */
  readonly insert?: boolean;
  /** Default false. */
  readonly delete?: boolean;
  /** Default `sql-wins`. */
  readonly policy?: ConflictPolicy;
  /** Attributes with another policy than `policy`. */
  readonly fields?: { readonly [Name in keyof D & string]?: ConflictPolicy };
  /** Default `fields`: what others changed elsewhere in the row merges. Ignored where `version` is given. */
  readonly scope?: ConflictScope;
  /** Attributes that lose are left out and the others applied, with code `PARTIAL`; default false: one rejects all. */
  readonly partial?: boolean;
  /** With `customer-wins`: an update of a row that is gone inserts it; default false. */
  readonly upsert?: boolean;
  /** An integer attribute that every writer of the row counts up: compared in place of values, and counted up. */
  readonly version?: (keyof D & string) | undefined;
  /** Decides updates and deletes itself, in place of all policies. Pure. */
  readonly decide?: ((change: ChangeInQuestion<D>) => Verdict<D>) | undefined;
  /** Further writes that belong to a change. */
  readonly also?: SideWrites<D> | undefined;
}

/** A definition's rules with the defaults filled in. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as of views of any shape, of which the machinery knows no document
export interface ChangeRules<D = any> {
  readonly allow: readonly (keyof D & string)[];
  readonly insert: boolean;
  readonly delete: boolean;
  readonly policy: ConflictPolicy;
  readonly fields: { readonly [Name in keyof D & string]?: ConflictPolicy };
  readonly scope: ConflictScope;
  readonly partial: boolean;
  readonly upsert: boolean;
  readonly version: (keyof D & string) | undefined;
  readonly decide: ((change: ChangeInQuestion<D>) => Verdict<D>) | undefined;
  readonly also: SideWrites<D> | undefined;
}

export const changeRulesOf = <D>(definition: ChangesDefinition<D> = {}): ChangeRules<D> => ({
  allow: definition.allow ?? [],
  insert: definition.insert ?? false,
  delete: definition.delete ?? false,
  policy: definition.policy ?? ConflictPolicy.sqlWins,
  fields: definition.fields ?? {},
  scope: definition.scope ?? ConflictScope.fields,
  partial: definition.partial ?? false,
  upsert: definition.upsert ?? false,
  version: definition.version,
  decide: definition.decide,
  also: definition.also,
});

type Policies = Pick<ChangeRules, 'policy'> & {
  readonly fields: { readonly [attribute: string]: ConflictPolicy | undefined };
};

/** Who wins over one attribute. */
export const policyOf = (rules: Policies, attribute: string): ConflictPolicy =>
  (Object.hasOwn(rules.fields, attribute) ? rules.fields[attribute] : undefined) ?? rules.policy;

/** The policy's name, as the inbox and people read it. */
export function policyName(rules: Policies & { readonly decide: unknown }): string {
  if (rules.decide !== undefined) return 'custom';
  return Object.keys(rules.fields).length > 0 ? 'fields' : rules.policy;
}

/** Attributes of which an update must say what the customer saw, besides those it sets. */
export function comparedOf({ changes, attributeNames, primary }: AnyView): readonly string[] {
  if (primary === 'dynamodb') return attributeNames; // SQL makes a row of it where it has none
  const { version, scope }: ChangeRules = changes;
  if (version !== undefined) return [version];
  return scope === ConflictScope.row ? attributeNames : [];
}
