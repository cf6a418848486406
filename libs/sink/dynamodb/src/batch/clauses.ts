import type { Write } from '@hybridge/protocol';

/** What a write sets and removes. */
export interface Clauses {
  /** Name of the attribute, and the placeholder of its value. */
  readonly set: readonly { readonly name: string; readonly value: string }[];
  readonly remove: readonly string[];
}

/** Undefined when a value is computed by DynamoDB (`if_not_exists`): only an `UpdateItem` can say that. */
export function clausesOf(write: Write): Clauses | undefined {
  if (write.update.includes('(')) return undefined;
  const [set = '', remove = ''] = write.update.replace(/^SET /, '').split(' REMOVE ');
  return {
    set: set.split(', ').map((assignment) => {
      const [placeholder = '', value = ''] = assignment.split(' = ');
      return { name: nameOf(write, placeholder), value };
    }),
    remove: remove === '' ? [] : remove.split(', ').map((placeholder) => nameOf(write, placeholder)),
  };
}

export const nameOf = (write: Write, placeholder: string): string => write.names[placeholder] as string;
