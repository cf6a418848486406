import { relationName } from '@hybridge/reader-schema';
import type { PlannedIndex } from './plan.ts';
import type { EmbedChoice } from './plan-embeds.ts';
import { indexBy, isLookup, isSmall, referenced } from './plan-indexes.ts';
import type { NamedTable, PlannedKey } from './plan-keys.ts';
import { embedText } from './render-embeds.ts';
import { indexText } from './source-text.ts';

interface Reference {
  readonly key: PlannedKey;
  readonly choice: EmbedChoice;
  /** That of the view. */
  readonly index: PlannedIndex | undefined;
}

/** What a person should know of a foreign key besides what is written: what it could have become, and why it did not. */
export function referenceNotes(
  tables: readonly NamedTable[],
  named: NamedTable,
  { key, choice, index }: Reference,
): readonly string[] {
  const { foreignKey } = choice;
  const { references, columns } = foreignKey;
  const found = referenced(tables, named.table, foreignKey);
  const target = found?.name ?? `${references.schema}.${references.table}`;
  const facts = [
    ...('reason' in choice ? [reasonOf(choice)] : []),
    ...(found === undefined || foreignKey === index?.foreignKey
      ? []
      : listFacts(tables, named, { key, found, choice })),
  ];
  if (facts.length === 0) return [];
  const [first, ...others] = facts;
  return [
    `${columns.join(', ')} → ${target}${found === undefined ? ', ' : ': '}${[first, ...others.map(capitalized)].join(' ')}`,
  ];
}

const capitalized = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);

function reasonOf(choice: Extract<EmbedChoice, { readonly reason: string }>): string {
  return choice.possible === undefined
    ? `${choice.reason}.`
    : `${choice.reason}; if you need it, add to embed: ${embedText(choice.possible)}.`;
}

/** How to have the rows listed by the one they refer to, where nothing does. */
function listFacts(
  tables: readonly NamedTable[],
  named: NamedTable,
  { key, found, choice: { foreignKey } }: Pick<Reference, 'key' | 'choice'> & { readonly found: NamedTable },
): readonly string[] {
  if (isLookup(found.table)) return [];
  const isTree = relationName(found.table.relation) === relationName(named.table.relation);
  const index = indexBy(tables, named, { key, foreignKey });
  if (index === undefined) return ['no index can list by it, as a part of its keys is of a type without order.'];
  if (isSmall(named.table))
    return [isTree ? 'a tree, and few enough to list all of it.' : 'few enough to list all of them.'];
  const missing = isTree ? 'a tree, which no index lists level by level' : 'no index lists by it';
  return [`${missing}; to have one, add to indexes: ${indexText(index)}.`];
}
