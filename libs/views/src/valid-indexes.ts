import { PENDING_INDEX, ViewMode } from '@hybridge/protocol';
import { type IndexDefinition, type IndexDefinitions, type IndexPart, attributesIn } from './indexes.ts';
import { columnOfAttribute } from './row.ts';
import { sortKindOf } from './sortable-text.ts';
import type { AnyView } from './view.ts';

type Problem = string | undefined;

/**
 * Indexes of views one table may have, beside that of pending changes. Source: DynamoDB developer guide, "Service
 * quotas": 20 global secondary indexes a table.
 */
export const MAX_INDEXES = 19;

/** DynamoDB takes names of 3 to 255 characters; the keys' names hold this one. */
const INDEX_NAME = /^[A-Za-z][A-Za-z0-9_]{2,99}$/;

/** What is wrong with the indexes of a view; undefined: nothing. */
export function indexesProblem(view: AnyView): Problem {
  const definitions = Object.entries(view.indexes as IndexDefinitions);
  if (definitions.length === 0) return undefined;
  if (view.mode === ViewMode.lazy) {
    return `an index of a lazy view finds only the rows somebody has read; make it eager (mode: 'eager'), or remove indexes.`;
  }
  if (definitions.length > MAX_INDEXES) {
    return `it has ${definitions.length} indexes, and a table takes ${MAX_INDEXES}; remove some.`;
  }
  for (const [name, definition] of definitions) {
    const problem = nameProblem(name) ?? partitionProblem(definition) ?? sortProblem(view, definition);
    if (problem !== undefined) return `index "${name}": ${problem}`;
  }
  return undefined;
}

function nameProblem(name: string): Problem {
  if (name === PENDING_INDEX) return 'the name is kept for the index of pending changes; choose another.';
  return INDEX_NAME.test(name)
    ? undefined
    : 'its name must be 3 to 100 letters, digits and "_", and begin with a letter.';
}

function partitionProblem({ pk, sk }: IndexDefinition): Problem {
  const [prefix] = pk;
  if (typeof prefix !== 'string') return 'its partition key must begin with a fixed word, such as "ORDERSTATUS".';
  if (sk.length === 0) return 'its sort key has no parts; give a fixed word.';
  const unfit = [...pk, ...sk].find((part) => part === '' || (typeof part === 'string' && part.includes('#')));
  return unfit === undefined ? undefined : `the fixed word "${unfit as string}" must not be empty or hold "#".`;
}

function sortProblem(view: AnyView, { pk, sk }: IndexDefinition): Problem {
  for (const name of attributesIn([...pk, ...sk])) {
    if (!view.documentNames.includes(name)) return `it names "${name}", which is none of the view's attributes.`;
    const { sqlType } = columnOfAttribute(view, name).codec;
    if (sortKindOf(sqlType) === undefined) {
      return `"${name}" is of type ${sqlType}, which has no order here; take a number, a text, a time or a boolean.`;
    }
  }
  return undefined;
}

/** What keeps views from sharing one table's indexes; undefined: nothing. */
export function sharedIndexesProblem(views: readonly AnyView[]): Problem {
  const parts = views.flatMap((view) =>
    Object.entries(view.indexes as IndexDefinitions).map(([name, { pk }]) => ({ view: view.name, name, pk })),
  );
  const names = new Set(parts.map(({ name }) => name));
  if (names.size > MAX_INDEXES) {
    return `The views have ${names.size} indexes, and a table takes ${MAX_INDEXES}; share some (${[...names].join(', ')}).`;
  }
  for (const [i, one] of parts.entries()) {
    const twin = parts.slice(i + 1).find(({ name, pk }) => name === one.name && mayMeet(one.pk, pk));
    if (twin !== undefined) {
      return `Views ${one.view} and ${twin.view} fill the same partitions of index ${one.name}; give one another first word.`;
    }
  }
  return undefined;
}

/** Whether two templates could render one key. */
const mayMeet = (a: readonly IndexPart[], b: readonly IndexPart[]): boolean =>
  a.length === b.length && a.every((part, i) => typeof part !== 'string' || typeof b[i] !== 'string' || part === b[i]);
