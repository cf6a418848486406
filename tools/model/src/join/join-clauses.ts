import { FragmentExpressions, JoinExpressions, ProtocolError, type Write } from '@hybridge/protocol';
import { check } from '../checker/check.ts';
import { ClauseClass } from '../explore/clause-classes.ts';
import { mutantsOf } from '../explore/clauses.ts';
import type { JoinConfiguration } from './configuration.ts';
import { SHIPPED_JOINS } from './design.ts';
import { createJoinModel } from './join-model.ts';
import { createMoveModel } from './move-model.ts';
import { type MoveConfiguration, SHIPPED_MOVES } from './move-state.ts';

const { defence } = ClauseClass;

/** A condition of a join without one of its clauses. */
export interface JoinMutant {
  readonly name: string;
  readonly conditionOf: (write: Write) => string;
}

/** Where a condition has one clause only, it goes as a whole. */
const WHOLE = { deleteReference: '#v < :v', endJob: '#v = :v' } as const;

export const JOIN_MUTANTS: readonly JoinMutant[] = [
  ...mutantsOf(JoinExpressions).map(({ name, expression, condition }) => ({
    name,
    conditionOf: (write: Write) => (write.expression === (expression as string) ? condition : write.condition),
  })),
  ...Object.entries(WHOLE).map(([expression, clause]) => ({
    name: `${expression}: ${clause}`,
    conditionOf: (write: Write) => (write.expression === expression ? 'attribute_exists(#v)' : write.condition),
  })),
  ...mutantsOf({ put: FragmentExpressions.put }).map(({ name, condition }) => ({
    name,
    conditionOf: (write: Write) => exchanged(write.condition, FragmentExpressions.put.condition, `(${condition})`),
  })),
  ...(['put', 'keep'] as const).map((part) => ({
    name: `${part}: ${FragmentExpressions[part].condition}`,
    conditionOf: (write: Write) => exchanged(write.condition, FragmentExpressions[part].condition, undefined),
  })),
];

/** A fragment's clause for each relation, or none of it. */
function exchanged(condition: string, clause: string, by: string | undefined): string {
  return [0, 1, 2].reduce((result, i) => {
    const numbered = clause.replaceAll('{i}', String(i));
    return by === undefined
      ? result.replace(` AND ${numbered}`, '')
      : result.replace(numbered, by.replaceAll('{i}', String(i)));
  }, condition);
}

/** More than any of the short configurations has. */
const MAX_STATES = 60_000;

/** What goes wrong without the clause; also that an operation finds no end on its item. */
export function violationWithout(
  { conditionOf }: JoinMutant,
  configuration: JoinConfiguration | MoveConfiguration,
): string | undefined {
  try {
    const verdict =
      'relations' in configuration
        ? check(createJoinModel(configuration, { ...SHIPPED_JOINS, conditionOf }), { maxStates: MAX_STATES })
        : check(createMoveModel(configuration, { ...SHIPPED_MOVES, conditionOf }), { maxStates: MAX_STATES });
    return verdict.violation?.message;
  } catch (error) {
    if (error instanceof ProtocolError) return error.message;
    throw error;
  }
}

/** As `CLAUSES` of the row's conditions: a configuration that fails without the clause, or its class. */
export const JOIN_CLAUSES: Readonly<Record<string, string>> = {
  'putReference: attribute_not_exists(#v)': 'M01',
  'putReference: #v < :v': 'M06',
  'deleteReference: #v < :v': 'M06',
  'refreshFragment: #st IN (:L, :D)': defence,
  'refreshFragment: #e0.#ek = :ek0': 'M03',
  'refreshFragment: #e0.#ev < :ev0': 'M14',
  'endLease: #st = :F': defence,
  'endLease: attribute_exists(#lt)': defence,
  'touchBase: #w = :w0': 'M14',
  'touchBase: #v < :v': defence,
  'setAnchor: attribute_not_exists(#v)': 'P01',
  'setAnchor: #v = :v0': 'P01',
  'endAnchor: attribute_not_exists(#v)': 'P03',
  'endAnchor: #v = :v0': 'P01',
  'raiseJob: attribute_not_exists(#v)': 'M13',
  'raiseJob: #v < :v': 'M13',
  'advanceJob: #v = :v': 'M13',
  'advanceJob: #jc = :from': defence,
  'endJob: #v = :v': 'M13',
  'keep: #e{i}.#ek = :ek{i}': 'M01',
  'put: attribute_not_exists(#e{i})': defence,
  'put: #e{i}.#ek <> :ek{i}': 'M06',
  'put: #e{i}.#ev <= :ev{i}': defence,
  // M04 shows what is lost with it where nothing is compared afterwards either.
  'put: (attribute_not_exists(#e{i}) OR #e{i}.#ek <> :ek{i} OR #e{i}.#ev <= :ev{i})': defence,
};
