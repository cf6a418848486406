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

/** What an error of the database names: never a value. */
export interface RefusedNames {
  readonly constraint?: string | undefined;
  readonly column?: string | undefined;
  /** The function of the database that said no. */
  readonly routine?: string | undefined;
}

/** A refusal in words for the customer. */
export function refusal(code: RefusalCode, names: RefusedNames = {}): Refusal {
  const constraint = names.constraint === undefined ? 'a constraint' : `constraint ${names.constraint}`;
  const column = names.column === undefined ? 'A column' : `Column ${names.column}`;
  const routine = names.routine === undefined ? '' : ` (function ${names.routine})`;
  const messages: { readonly [code: string]: string } = {
    [RefusalCode.unique]: `Another row has this value already (${constraint}).`,
    [RefusalCode.foreignKey]: `A row it refers to, or that refers to it, stands against it (${constraint}).`,
    [RefusalCode.check]: `The value does not satisfy ${constraint}.`,
    [RefusalCode.exclusion]: `Another row excludes this value (${constraint}).`,
    [RefusalCode.notNull]: `${column} must have a value.`,
    [RefusalCode.range]: 'A value is larger, longer or later than its column allows.',
    [RefusalCode.invalid]: 'A value does not fit the type of its column.',
    [RefusalCode.trigger]: `The database refused the change${routine}.`,
  };
  return { code, message: messages[code] ?? 'The database refused the change.' };
}
