/** Why SQL does not take a customer's change. */
export const RefusalCode = {
  /** A field the customer set, or the row an insert wants to make, is not what the customer saw. */
  conflict: 'CONFLICT',
  missing: 'MISSING',
  /** It was made on another change of the same item, and SQL refused that one. */
  dependent: 'DEPENDENT',
  /** The view's definition forbids it. */
  policy: 'POLICY',
  unique: 'UNIQUE',
  foreignKey: 'FK',
  check: 'CHECK',
  notNull: 'NOT_NULL',
  exclusion: 'EXCLUSION',
  /** A number, time or text beyond what the column holds. */
  range: 'RANGE',
  /** A value that is none of the column's type. */
  invalid: 'INVALID',
  /** A trigger or rule of the database said no. */
  trigger: 'TRIGGER',
  /** It waited too long for SQL's answer to be still what the customer wants. */
  expired: 'EXPIRED',
  /** SQL fails on it again and again, for a reason that lies not in the change. */
  poison: 'POISON',
} as const;
export type RefusalCode = (typeof RefusalCode)[keyof typeof RefusalCode];

/** A code and a text for the customer: names of constraints and columns, never a value. */
export interface Note {
  readonly code: string;
  readonly message: string;
}

/** Why a change was not applied. The code is a `RefusalCode`, or one that a definition gave. */
export type Refusal = Note;

/** The fields of a PostgreSQL error that are read here. */
export interface DatabaseErrorFields {
  readonly code?: string | undefined;
  readonly constraint?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly where?: string | undefined;
}

const CODE_BY_STATE: { readonly [sqlState: string]: RefusalCode } = {
  '23502': RefusalCode.notNull,
  '23503': RefusalCode.foreignKey,
  '23001': RefusalCode.foreignKey,
  '23505': RefusalCode.unique,
  '23P01': RefusalCode.exclusion,
  '22001': RefusalCode.range,
  '22003': RefusalCode.range,
  '22008': RefusalCode.range,
  '22015': RefusalCode.range,
  '44000': RefusalCode.check,
  P0001: RefusalCode.trigger,
};

const CODE_BY_CLASS: { readonly [sqlStateClass: string]: RefusalCode } = {
  '22': RefusalCode.invalid,
  '23': RefusalCode.check,
};

/** The refusal in an error of PostgreSQL; undefined when it says nothing about the change itself. */
export function refusalOf(error: DatabaseErrorFields): Refusal | undefined {
  const sqlState = error.code ?? '';
  const code = CODE_BY_STATE[sqlState] ?? (sqlState.length === 5 ? CODE_BY_CLASS[sqlState.slice(0, 2)] : undefined);
  return code === undefined ? undefined : { code, message: messageOf(code, error) };
}

function messageOf(code: RefusalCode, error: DatabaseErrorFields): string {
  const constraint = error.constraint === undefined ? 'a constraint' : `constraint ${error.constraint}`;
  const column = error.column === undefined ? 'A column' : `Column ${error.column}`;
  const messages: { readonly [code: string]: string } = {
    [RefusalCode.unique]: `Another row has this value already (${constraint}).`,
    [RefusalCode.foreignKey]: `A row it refers to, or that refers to it, stands against it (${constraint}).`,
    [RefusalCode.check]: `The value does not satisfy ${constraint}.`,
    [RefusalCode.exclusion]: `Another row excludes this value (${constraint}).`,
    [RefusalCode.notNull]: `${column} must have a value.`,
    [RefusalCode.range]: 'A value is larger, longer or later than its column allows.',
    [RefusalCode.invalid]: 'A value does not fit the type of its column.',
    [RefusalCode.trigger]: `The database refused the change${triggerOf(error)}.`,
  };
  return messages[code] ?? 'The database refused the change.';
}

/** The first function of the error's context: the one that raised it. */
function triggerOf(error: DatabaseErrorFields): string {
  const name = /function ([\w."]+)\(/.exec(error.where ?? '')?.[1];
  return name === undefined ? '' : ` (function ${name})`;
}
