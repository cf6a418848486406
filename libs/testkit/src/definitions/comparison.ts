/** What of a document is compared: what the test names. */
import type { AnyView, ViewRelation } from '@hybridge/views';

type Fields = { readonly [name: string]: unknown };

/** Documents that nobody expects are shown as a whole. */
export const onlyNamed = (view: AnyView, found: readonly Fields[], wanted: readonly Fields[]): readonly Fields[] =>
  found.map((document, i) => namedIn(view, document, wanted[i]));

function namedIn(view: AnyView, document: Fields, wanted: Fields | undefined): Fields {
  if (wanted === undefined) return document;
  return Object.fromEntries(
    Object.keys(wanted).map((name) => [name, partOf(view, name, document[name], wanted[name])]),
  );
}

function partOf(view: AnyView, name: string, found: unknown, wanted: unknown): unknown {
  const relation = (view.relations as readonly ViewRelation[]).find((one) => one.name === name);
  if (relation !== undefined)
    return isFields(found) && isFields(wanted) ? namedIn(relation.base, found, wanted) : found;
  const collected = (view.collect as { readonly [name: string]: AnyView | undefined })[name];
  if (collected !== undefined && isList(found) && isList(wanted)) return onlyNamed(collected, found, wanted);
  return found;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: unknown): value is readonly Fields[] => Array.isArray(value);
