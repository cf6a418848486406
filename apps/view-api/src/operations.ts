import { AccessOperation, type AnyView } from '@hybridge/views';

/** What a view lets at least somebody do. Everything else is not part of the API. */
export function operationsOf({ access, changes }: AnyView): readonly AccessOperation[] {
  const offered: Readonly<Record<AccessOperation, boolean>> = {
    read: true,
    insert: changes.insert,
    update: changes.allow.length > 0,
    delete: changes.delete,
  };
  return Object.values(AccessOperation).filter((name) => offered[name] && (access[name]?.length ?? 0) > 0);
}

/** HTTP method of each operation on a document. */
export const METHODS = { read: 'GET', insert: 'PUT', update: 'PATCH', delete: 'DELETE' } as const;

export const methodsOf = (view: AnyView): readonly string[] => operationsOf(view).map((name) => METHODS[name]);
