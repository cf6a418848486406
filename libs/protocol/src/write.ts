import { type AttributeValue, type Attributes, text } from './attribute.ts';
import { type ExpressionName, Expressions, Names } from './expressions.ts';
import { type ItemKey, ItemState } from './item.ts';

/** One conditional write, ready to be sent: the fields of an `UpdateItem` request in plain form. */
export interface Write {
  readonly expression: ExpressionName;
  readonly key: ItemKey;
  readonly condition: string;
  readonly update: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Attributes;
  /** Whether the caller needs the item as it is after the write. */
  readonly returnNew: boolean;
}

export interface WriteInput {
  readonly returnNew?: boolean;
  readonly key: ItemKey;
  /** Own columns to set, or only their names where the expression removes them. */
  readonly columns?: Attributes | readonly string[];
  /** Values by placeholder without the colon. State letters and the column placeholders are added here. */
  readonly values: Readonly<Record<string, AttributeValue>>;
}

const STATE_VALUES: Attributes = {
  ':L': text(ItemState.live),
  ':T': text(ItemState.tombstone),
  ':F': text(ItemState.fence),
  ':D': text(ItemState.hidden),
  ':Q': text(ItemState.quarantined),
};

/** Expands a literal expression for one item. Only names and values the expression mentions are sent. */
export function buildWrite(expression: ExpressionName, input: WriteInput): Write {
  const { condition, update } = Expressions[expression];
  const { names, values, setList, removeList } = expandColumns(input.columns ?? {});
  const expanded = expandUpdate(update, setList, removeList);
  const mentioned = tokensOf(`${condition} ${expanded}`);
  const given = Object.fromEntries(Object.entries(input.values).map(([name, value]) => [`:${name}`, value]));
  return {
    expression,
    key: input.key,
    condition,
    update: expanded,
    names: pick({ ...Names, ...names }, mentioned),
    values: pick({ ...STATE_VALUES, ...given, ...values }, mentioned),
    returnNew: input.returnNew ?? false,
  };
}

function expandColumns(columns: Attributes | readonly string[]) {
  const columnNames = isNameList(columns) ? columns : Object.keys(columns);
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  columnNames.forEach((name, i) => {
    names[`#c${i}`] = name;
    if (!isNameList(columns)) values[`:c${i}`] = columns[name] as AttributeValue;
  });
  const placeholders = Object.keys(names);
  return {
    names,
    values,
    setList: placeholders.map((name) => `${name} = :${name.slice(1)}`).join(', '),
    removeList: placeholders.join(', '),
  };
}

const isNameList = (columns: Attributes | readonly string[]): columns is readonly string[] => Array.isArray(columns);

/** An item without own columns to set or remove leaves no dangling comma. */
function expandUpdate(update: string, setList: string, removeList: string): string {
  const expand = (clause: string, columns: string) =>
    columns === ''
      ? clause.replace('{columns}, ', '').replace(/ REMOVE \{columns\}$/, '')
      : clause.replace('{columns}', columns);
  return update.startsWith('SET {columns}') ? expand(update, setList) : expand(update, removeList);
}

const tokensOf = (expression: string): ReadonlySet<string> => new Set(expression.match(/[#:][A-Za-z0-9]+/g));

const pick = <T>(all: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
