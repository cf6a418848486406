import { type AttributeValue, type Attributes, text } from './attribute.ts';
import {
  type ControlExpressionName,
  ControlExpressions,
  EndingUpdates,
  type Expression,
  type ExpressionName,
  Expressions,
  type JoinExpressionName,
  JoinExpressions,
  Names,
} from './expressions.ts';
import { CONTROL_STATE, type ItemKey, ItemState } from './item.ts';

type WriteName = ExpressionName | ControlExpressionName | JoinExpressionName;

/** One conditional write, ready to be sent: the fields of an `UpdateItem` (or `DeleteItem`) request in plain form. */
export interface Write {
  readonly expression: WriteName;
  readonly key: ItemKey;
  readonly condition: string;
  /** Empty: the item is deleted. */
  readonly update: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Attributes;
  /** A clause was added that cannot hold where no item is, whatever its expression says. */
  readonly needsItem?: true;
  /** Whether the caller needs the item as it is after the write. */
  readonly returnNew: boolean;
}

export interface WriteInput {
  readonly returnNew?: boolean;
  readonly key: ItemKey;
  /** Own columns to set, or only their names where the expression removes them. */
  readonly columns?: Attributes | readonly string[];
  /** Attributes to remove besides, where the expression sets own columns; default none. */
  readonly remove?: readonly string[];
  /** When a live item ends by TTL, seconds since 1970: for expressions that say so (`EndingUpdates`); default never. */
  readonly ends?: AttributeValue | undefined;
  /** Values by placeholder without the colon. State letters and the column placeholders are added here. */
  readonly values: Readonly<Record<string, AttributeValue>>;
}

const STATE_VALUES: Attributes = {
  ':L': text(ItemState.live),
  ':T': text(ItemState.tombstone),
  ':F': text(ItemState.fence),
  ':D': text(ItemState.hidden),
  ':Q': text(ItemState.quarantined),
  ':C': text(CONTROL_STATE),
};

/** Expands a literal expression for one item. Only names and values the expression mentions are sent. */
export function buildWrite(expression: WriteName, input: WriteInput): Write {
  const columns = input.columns ?? {};
  const columnNames = isNameList(columns) ? columns : Object.keys(columns);
  const wording = input.ends === undefined ? expression : endingOf(expression);
  const { condition, update, names, ...expansion } = expansionOf(wording, columnNames, input.remove ?? NONE);
  const values: Record<string, AttributeValue> = { ...expansion.stateValues };
  for (const name of Object.keys(input.values)) {
    const placeholder = expansion.givenPlaceholders.get(name);
    if (placeholder !== undefined) values[placeholder] = input.values[name] as AttributeValue;
  }
  if (input.ends !== undefined && wording !== expression) values[':x'] = input.ends;
  if (!isNameList(columns)) {
    expansion.columnPlaceholders.forEach((placeholder, i) => {
      values[placeholder] = columns[columnNames[i] as string] as AttributeValue;
    });
  }
  return { expression, key: input.key, condition, update, names, values, returnNew: input.returnNew ?? false };
}

const NONE: readonly string[] = [];

/** An expression, or its other update, as `EndingUpdates` has it. */
type Wording = WriteName | `${keyof typeof EndingUpdates}, ending`;

const endingOf = (expression: WriteName): Wording =>
  expression in EndingUpdates ? `${expression as keyof typeof EndingUpdates}, ending` : expression;

const ENDING = Object.fromEntries(
  Object.entries(EndingUpdates).map(([name, update]) => [
    `${name}, ending`,
    { condition: Expressions[name as keyof typeof EndingUpdates].condition, update },
  ]),
) as { readonly [Name in Exclude<Wording, WriteName>]: Expression };

const isNameList = (columns: Attributes | readonly string[]): columns is readonly string[] => Array.isArray(columns);

/** What is the same in every write of one expression with the same own columns. */
interface Expansion {
  readonly columnNames: readonly string[];
  readonly removedNames: readonly string[];
  readonly condition: string;
  readonly update: string;
  readonly names: Readonly<Record<string, string>>;
  readonly stateValues: Attributes;
  /** Name of a value → its placeholder, for all the expression mentions. */
  readonly givenPlaceholders: ReadonlyMap<string, string>;
  /** Placeholders of the values of the own columns, in their order; none where the expression sets no columns. */
  readonly columnPlaceholders: readonly string[];
}

/**
 * Kept per expression. A view has one set of own columns, and some more if its updates leave out large values or its
 * items come and go in indexes.
 */
const MAX_EXPANSIONS = 64;
const expansions = new Map<Wording, Expansion[]>();

const ALL_EXPRESSIONS: { readonly [Name in Wording]: Expression } = {
  ...Expressions,
  ...ControlExpressions,
  ...JoinExpressions,
  ...ENDING,
};

function expansionOf(expression: Wording, columnNames: readonly string[], removedNames: readonly string[]): Expansion {
  let known = expansions.get(expression);
  if (known === undefined) expansions.set(expression, (known = []));
  const found = known.find(
    (expansion) => sameNames(expansion.columnNames, columnNames) && sameNames(expansion.removedNames, removedNames),
  );
  if (found !== undefined) return found;
  const made = expand(expression, [...columnNames], [...removedNames]);
  known.unshift(made);
  if (known.length > MAX_EXPANSIONS) known.pop();
  return made;
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i]);

function expand(expression: Wording, columnNames: readonly string[], removedNames: readonly string[]): Expansion {
  const { condition, update } = ALL_EXPRESSIONS[expression];
  const named = [...columnNames, ...removedNames];
  const expanded = withRemoved(expandUpdate(update, columnNames.length), placeholders(named).slice(columnNames.length));
  const mentioned = tokensOf(`${condition} ${expanded}`);
  const names = { ...Names, ...Object.fromEntries(named.map((name, i) => [`#c${i}`, name])) };
  const values = [...mentioned].filter((token) => token.startsWith(':'));
  return {
    columnNames,
    removedNames,
    condition,
    update: expanded,
    names: Object.freeze(pick(names, mentioned)),
    stateValues: pick(STATE_VALUES, mentioned),
    givenPlaceholders: new Map(values.map((placeholder) => [placeholder.slice(1), placeholder])),
    columnPlaceholders: columnNames.map((_, i) => `:c${i}`).filter((placeholder) => mentioned.has(placeholder)),
  };
}

/** An item without own columns to set or remove leaves no dangling comma. */
function expandUpdate(update: string, columnCount: number): string {
  if (columnCount === 0) return update.replace('{columns}, ', '').replace(/ REMOVE \{columns\}$/, '');
  const indexes = Array.from({ length: columnCount }, (_, i) => i);
  const sets = update.startsWith('SET {columns}');
  return update.replace('{columns}', indexes.map((i) => (sets ? `#c${i} = :c${i}` : `#c${i}`)).join(', '));
}

const placeholders = (names: readonly string[]): readonly string[] => names.map((_, i) => `#c${i}`);

/** REMOVE is the last clause of every expression that has one. */
function withRemoved(update: string, removed: readonly string[]): string {
  if (removed.length === 0) return update;
  return `${update}${update.includes(' REMOVE ') ? ',' : ' REMOVE'} ${removed.join(', ')}`;
}

const tokensOf = (expression: string): ReadonlySet<string> => new Set(expression.match(/[#:][A-Za-z0-9]+/g));

const pick = <T>(all: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
