/**
 * Attributes computed from other attributes of the same item. They are own columns: stored, compared and shown like any
 * other, but no column of the row stands behind them, and no customer sets them.
 */
import type { PlainJson } from '@hybridge/contracts';
import { type AttributeValue, type Attributes, NULL } from '@hybridge/protocol';
import type { Codec } from './codecs/codec.ts';
import type { Document } from './domain-event.ts';
import { UnstorableValueError, ViewError } from './errors.ts';
import type { Column } from './table.ts';
import type { AnyView } from './view.ts';

/** A codec for values that are always there, or a column that says `nullable(…)`. */
export type ComputedType = Codec | Column;

/** Types of computed attributes, by name. */
export type ComputedTypes = { readonly [attribute: string]: ComputedType };

/** The plain value of a computed attribute. */
export type ComputedPlain<T> =
  T extends Column<infer Plain, infer Nullable>
    ? Nullable extends false
      ? Plain
      : Plain | null
    : T extends Codec<infer Plain>
      ? Plain
      : never;

/** Sources of computed attributes, by name. */
export type ComputedSources<D> = { readonly [attribute: string]: readonly (keyof D & string)[] };

/**
 * `{ displayName: { from: ['name', 'city'], type: text(), value: ({ name, city }) => `${name}, ${city}` } }`
 * @typeParam D the document of the view's own attributes
 */
export type ComputedDefinitions<D, F extends ComputedSources<D>, X> = {
  /** Attributes it is computed from: no others are handed to `value`. */
  readonly [Name in keyof F]: { readonly from: F[Name] };
} & {
  readonly [Name in keyof X]: {
    readonly type: X[Name];
    /** Pure: the same values always give the same one. A row for which it throws is not stored; readers get it from SQL. */
    readonly value: (document: Pick<D, Name extends keyof F ? F[Name][number] : never>) => ComputedPlain<X[Name]>;
  };
};

/** A computed attribute as the machinery works with it. */
export interface Computed<T = ComputedType> {
  readonly from: readonly string[];
  readonly type: T;
  readonly column: Column;
  readonly value: (document: Document) => PlainJson;
}

/** Types of the computed attributes of a view. */
export type ComputedIn<V> = V extends { readonly computed: infer Fields }
  ? { readonly [Name in keyof Fields]: Fields[Name] extends Computed<infer T extends ComputedType> ? T : never }
  : Record<never, never>;

export type ComputedFields = { readonly [attribute: string]: Computed };

interface LooseDefinition {
  readonly from: readonly string[];
  readonly type: ComputedType;
  readonly value: (document: never) => PlainJson;
}

/** @param definitions of any view; checked by `computedProblem` */
export const computedFields = (definitions: { readonly [attribute: string]: LooseDefinition }): ComputedFields =>
  Object.fromEntries(
    Object.entries(definitions).map(([name, { from, type, value }]) => [
      name,
      {
        from,
        type,
        column: 'codec' in type ? type : { codec: type, nullable: false },
        value: value as Computed['value'],
      },
    ]),
  );

/** What is wrong with the computed attributes of a view; undefined: nothing. */
export function computedProblem({ computed, attributeNames }: AnyView): string | undefined {
  for (const [name, { from }] of Object.entries(computed as ComputedFields)) {
    if ((attributeNames as readonly string[]).includes(name))
      return `"${name}" is both computed and a column; drop one.`;
    if (from.length === 0) return `computed attribute "${name}" is computed from nothing; name its sources in from.`;
    const unknown = from.find((source) => !(attributeNames as readonly string[]).includes(source));
    if (unknown !== undefined) {
      return `computed attribute "${name}" is computed from "${unknown}", which is none of the attributes with a column.`;
    }
  }
  return undefined;
}

/** What becomes of an attribute that cannot be computed. */
export const OnFailure = {
  /** The row cannot be stored. */
  refuse: 'refuse',
  /** It is shown as NULL. */
  showNull: 'show-null',
} as const;
export type OnFailure = (typeof OnFailure)[keyof typeof OnFailure];

/**
 * Values by attribute name, with the computed ones whose sources are all there.
 * @param plainOf the plain form of an own attribute
 * @throws UnstorableValueError with `refuse`, naming the attribute
 */
export function withComputed(view: AnyView, values: Attributes, onFailure: OnFailure, plainOf: PlainOf): Attributes {
  const fields = Object.entries(view.computed as ComputedFields);
  if (fields.length === 0) return values;
  const all: Record<string, AttributeValue> = { ...values };
  for (const [name, field] of fields) {
    if (!field.from.every((source) => values[source] !== undefined)) continue;
    const document = Object.fromEntries(
      field.from.map((source) => [source, plainOf(source, values[source] as AttributeValue)]),
    );
    all[name] = compute(`${view.name}.${name}`, field, document, onFailure);
  }
  return all;
}

type PlainOf = (attribute: string, value: AttributeValue) => PlainJson;

function compute(name: string, field: Computed, document: Document, onFailure: OnFailure): AttributeValue {
  try {
    return storedForm(field, field.value(document));
  } catch (error) {
    if (onFailure === OnFailure.showNull) return NULL;
    const problem = error instanceof Error ? error.message : String(error);
    throw new UnstorableValueError(`${name} cannot be computed: ${problem}`);
  }
}

function storedForm({ column }: Computed, value: PlainJson | undefined): AttributeValue {
  if (value !== null && value !== undefined) return column.codec.fromPlain(value);
  if (value === null && column.nullable) return NULL;
  throw new ViewError('HYBRIDGE_VIEW_VALUE_INVALID', `it gave ${String(value)}, and its type is not nullable().`);
}
