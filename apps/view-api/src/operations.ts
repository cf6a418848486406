import { AccessOperation, type AnyView, type Audiences, type Collected } from '@hybridge/views';

/** What a view lets at least somebody do at the address of a document. Everything else is not part of the API. */
export function operationsOf({ access, changes }: AnyView): readonly AccessOperation[] {
  const offered: Readonly<Record<AccessOperation, boolean>> = {
    read: true,
    insert: changes.insert,
    update: changes.allow.length > 0,
    delete: changes.delete,
  };
  const isAdmitting = (audiences: Audiences = []): boolean => audiences.some((audience) => audience !== 'parent');
  return Object.values(AccessOperation).filter((name) => offered[name] && isAdmitting(access[name]));
}

/** HTTP method of each operation on a document. */
export const METHODS = { read: 'GET', insert: 'PUT', update: 'PATCH', delete: 'DELETE' } as const;

export const methodsOf = (view: AnyView): readonly string[] => operationsOf(view).map((name) => METHODS[name]);

/** The views a view collects that at least somebody may read with its documents, by name; none where nobody reads those. */
export const collectionsOf = (view: AnyView): readonly (readonly [name: string, view: AnyView])[] =>
  operationsOf(view).includes(AccessOperation.read)
    ? Object.entries(view.collect as Collected).filter(([, { access }]) => (access.read?.length ?? 0) > 0)
    : [];
