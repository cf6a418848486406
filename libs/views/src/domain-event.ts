import type { Contract, PlainJson } from '@hybridge/contracts';

/** Attributes of any view, when its exact shape is not known. */
export type Document = { readonly [attribute: string]: PlainJson };

/** When the truth of an item changes in a way the world should hear of. Pure, and typed by the view's attributes. */
export interface DomainEvent<D = Document> {
  readonly contract: Contract;
  readonly on: 'created' | 'changed' | 'deleted';
  /** For `changed`: only when one of these attributes changed. */
  readonly attributes: readonly (keyof D & string)[];
  readonly data: (change: DomainChange<D>) => unknown;
}

export interface DomainChange<D> {
  /** Undefined when the row was created, or when the view did not know it before. */
  readonly before: D | undefined;
  /** Undefined when the row was deleted. */
  readonly after: D | undefined;
  /** Texts of the key columns, known even for a row that is gone. */
  readonly key: Readonly<Record<string, string>>;
  /** Attributes whose values differ; all of them when `before` is not known. */
  readonly changed: readonly (keyof D & string)[];
}

type After<D> = DomainChange<D> & { readonly after: D };

/** Ways to say when an event happens and what it carries. */
export interface EventBuilder<D> {
  /** The row appeared: it was committed as new, and the view learned it from the log. */
  created<Data>(contract: Contract<Data>, data: (change: After<D>) => NoInfer<Data>): DomainEvent<D>;
  /** One of the named attributes of a row changed. */
  changed<Data>(
    contract: Contract<Data>,
    attributes: readonly (keyof D & string)[],
    data: (change: After<D>) => NoInfer<Data>,
  ): DomainEvent<D>;
  /** The row was deleted in SQL. */
  deleted<Data>(contract: Contract<Data>, data: (change: DomainChange<D>) => NoInfer<Data>): DomainEvent<D>;
}

export const eventBuilder = <D>(): EventBuilder<D> => ({
  created: (contract, data) => ({
    contract: contract as Contract,
    on: 'created',
    attributes: [],
    data: (change) => data(change as After<D>),
  }),
  changed: (contract, attributes, data) => ({
    contract: contract as Contract,
    on: 'changed',
    attributes,
    data: (change) => data(change as After<D>),
  }),
  deleted: (contract, data) => ({ contract: contract as Contract, on: 'deleted', attributes: [], data }),
});
