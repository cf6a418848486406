/** Who may read and change the rows of a view through an API that knows its callers. */
import type { ViewRelation } from './embed.ts';
import type { AnyView } from './view.ts';

/**
 * One kind of caller. `public` needs no token, `authenticated` any valid one, `owner` the one whose claim equals the
 * row's owner attribute; `scope` and `role` stand in the token. `parent`, for reading: whoever may read the document that
 * collects the row, together with it.
 */
export type Audience =
  'public' | 'authenticated' | 'owner' | 'parent' | { readonly scope: string } | { readonly role: string };

/** Several are alternatives; none admits nobody. */
export type Audiences = readonly Audience[];

export const AccessOperation = { read: 'read', insert: 'insert', update: 'update', delete: 'delete' } as const;
export type AccessOperation = (typeof AccessOperation)[keyof typeof AccessOperation];

/** Rules on top of the view's own, for attributes not everybody may see or change. */
export interface FieldAccess {
  readonly read?: Audiences;
  readonly change?: Audiences;
}

/** @typeParam Embedded names of what is embedded: nobody changes that */
export interface Access<Name extends string = string, Embedded extends string = never> {
  /** Whose a row is: the caller whose claim (default `sub`) is exactly the text of this attribute. */
  readonly owner?: { readonly attribute: Name; readonly claim?: string };
  readonly read?: Audiences;
  readonly insert?: Audiences;
  readonly update?: Audiences;
  readonly delete?: Audiences;
  readonly fields?: {
    readonly [name in Name | Embedded]?: name extends Name ? FieldAccess : Pick<FieldAccess, 'read'>;
  };
}

/** What is wrong with the access rules of a view; undefined when they fit. */
export function accessProblem({ access, documentNames, relations }: AnyView): string | undefined {
  const { owner, read, insert, update, delete: remove, fields = {} } = access as Access;
  const embedded = (relations as readonly ViewRelation[]).map(({ name }) => name);
  const named = [...(owner === undefined ? [] : [owner.attribute]), ...Object.keys(fields)];
  const unknown = named.find((name) => !documentNames.includes(name) && !embedded.includes(name));
  if (unknown !== undefined) return `its access rules name "${unknown}", which is not one of its attributes.`;
  const copied = embedded.find((name) => name === owner?.attribute || fields[name]?.change !== undefined);
  if (copied !== undefined) {
    return `its access rules let somebody own or change by "${copied}", which is embedded; only fields.${copied}.read has a meaning.`;
  }
  const ofFields = Object.values(fields).flatMap((rules) => [rules?.read, rules?.change]);
  const changing = [insert, update, remove, ...Object.values(fields).map((rules) => rules?.change)];
  if (changing.some((audiences) => audiences?.includes('parent'))) {
    return `its access rules let 'parent' change it; nobody changes a document by way of another one.`;
  }
  const ownerIsAsked = [read, insert, update, remove, ...ofFields].some((audiences) => audiences?.includes('owner'));
  return ownerIsAsked && owner === undefined
    ? `its access rules admit 'owner' but do not say whose a row is; add owner: { attribute: … }.`
    : undefined;
}
