import { type Refusal, RefusalCode, refusal } from '../refusal.ts';

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
  if (code === undefined) return undefined;
  const { constraint, column } = error;
  return refusal(code, { constraint, column, routine: routineOf(error) });
}

/** The first function of the error's context: the one that raised it. */
const routineOf = ({ where }: DatabaseErrorFields): string | undefined => /function ([\w."]+)\(/.exec(where ?? '')?.[1];
