import { type Refusal, RefusalCode, refusal } from '../refusal.ts';
import { type ServerError, isTransient, serverErrorOf } from './server-error.ts';

const CODE_BY_ERRNO: ReadonlyMap<number, RefusalCode> = new Map([
  ...[1062, 1169, 1586].map((errno) => [errno, RefusalCode.unique] as const),
  ...[1216, 1217, 1451, 1452, 1761, 1762].map((errno) => [errno, RefusalCode.foreignKey] as const),
  ...[1369, 3819, 4025].map((errno) => [errno, RefusalCode.check] as const),
  ...[1048, 1263, 1364].map((errno) => [errno, RefusalCode.notNull] as const),
  ...[1264, 1406, 1441, 1690].map((errno) => [errno, RefusalCode.range] as const),
  ...[1265, 1292, 1366, 1367, 1411, 1416, 3140].map((errno) => [errno, RefusalCode.invalid] as const),
  [1644, RefusalCode.trigger],
]);

/** Data exceptions, violated constraints, and what procedures and triggers signal by custom. */
const CODE_BY_CLASS: { readonly [sqlStateClass: string]: RefusalCode } = {
  '22': RefusalCode.invalid,
  '23': RefusalCode.check,
  '45': RefusalCode.trigger,
};

/** The refusal in an error of MariaDB or MySQL; undefined when it says nothing about the change itself. */
export function refusalOf(error: unknown): Refusal | undefined {
  const said = serverErrorOf(error);
  if (said === undefined || isTransient(said)) return undefined;
  const code = CODE_BY_ERRNO.get(said.errno) ?? CODE_BY_CLASS[said.sqlState.slice(0, 2)];
  return code === undefined ? undefined : refusal(code, namesIn(code, said));
}

/** Names stand at places where no value can: a value is in quotes that it could close itself, and comes before them. */
const NAME_IN: { readonly [code: string]: RegExp } = {
  [RefusalCode.unique]: /^[^]*for key '(.+)'$/,
  [RefusalCode.foreignKey]: /, CONSTRAINT `((?:[^`]|``)+)` FOREIGN KEY \(/,
  [RefusalCode.check]: /^(?:CONSTRAINT `((?:[^`]|``)+)` failed for |Check constraint '(.+)' is violated\.$)/,
};
const COLUMN = /^(?:Column|Field) '([^']+)'/;

function namesIn(code: RefusalCode, { message }: ServerError) {
  const match = NAME_IN[code]?.exec(message);
  return { constraint: (match?.[1] ?? match?.[2])?.replaceAll('``', '`'), column: COLUMN.exec(message)?.[1] };
}
