/** 1:N: views whose items lie under the partition key of another view's item, read in one query. */
import type { KeyPart, KeyTemplate } from './key-template.ts';
import type { AnyView } from './view.ts';

/** By the name under which they are listed. */
export type Collected = { readonly [name: string]: AnyView };

/** What is wrong with the collections of a view; undefined: nothing. */
export function collectProblem({ key, collect, name: parent, documentNames, relations }: AnyView): string | undefined {
  const { pk }: KeyTemplate = key;
  const taken = [...documentNames, ...(relations as readonly { readonly name: string }[]).map((one) => one.name)];
  for (const [name, child] of Object.entries(collect as Collected)) {
    if (taken.includes(name)) return `"${name}" is both an attribute and a collection; rename one.`;
    const other = child.key as KeyTemplate;
    if (other.pk.length !== pk.length || !pk.every((part, i) => isAlike(part, other.pk[i]))) {
      return (
        `collection "${name}" holds ${child.name}, whose items lie elsewhere: its partition key is [${shown(other.pk)}], ` +
        `and that of ${parent} is [${shown(pk)}]; give them the same words, and columns at the same places.`
      );
    }
    if (child.mode === 'lazy') {
      return `collection "${name}" holds ${child.name}, which is lazy: items nobody has read would be missing; make it eager.`;
    }
  }
  return undefined;
}

const isAlike = (part: KeyPart, other: KeyPart | undefined): boolean =>
  typeof part === 'string' ? part === other : typeof other === 'object';

const shown = (parts: readonly KeyPart[]): string =>
  parts.map((part) => (typeof part === 'string' ? `'${part}'` : `column('${part.column}')`)).join(', ');
