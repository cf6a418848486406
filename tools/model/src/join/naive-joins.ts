import {
  Meta,
  type Write,
  decideBaseChange,
  decideRefresh,
  mustFanOut,
  pageDoneWrite,
  scalarOf,
  text,
} from '@hybridge/protocol';
import { type JoinConfiguration, type JoinInput, joinConfiguration } from './configuration.ts';
import { type JoinDesign, SHIPPED_JOINS } from './design.ts';

/** A design somebody might well choose, and a configuration in which it goes wrong. */
export interface NaiveJoin {
  readonly design: JoinDesign;
  readonly configuration: JoinConfiguration;
}

const ONE = { parents: ['A'], childOperations: ['A', 'delete'] } as const;
const FIRST_EVENTS = { ...ONE, parentsLoaded: false } as const;

const skipsChecks: JoinDesign['skips'] = ({ phase }) => phase === 'check' || phase === 'look';

/** Without the clause of each relation, as the condition was before it was added. */
const withoutPutClause = (write: Write): string =>
  write.condition.replaceAll(/ AND \(attribute_not_exists\(#e\d\)[^)]*\)/g, '');

const BY_NAME: Readonly<Record<string, readonly [part: Partial<JoinDesign>, input: JoinInput]>> = {
  'M01 the reference is put after the child, and nothing is compared afterwards': [
    { referencesLast: true, skips: skipsChecks },
    { ...FIRST_EVENTS, budgets: { children: 1 } },
  ],
  'M02 references in an index that is behind': [
    { referencesAtOnce: false },
    { ...FIRST_EVENTS, budgets: { children: 1 } },
  ],
  'M03 references first, but the parent is not read again after the child': [
    { skips: skipsChecks },
    { parentsLoaded: false, childOperations: ['A', 'B'], budgets: { children: 3, parents: 1 } },
  ],
  'M04 a child may overwrite a newer fragment': [
    { conditionOf: withoutPutClause, skips: skipsChecks },
    { ...FIRST_EVENTS, budgets: { children: 2, zombie: 1 } },
  ],
  'M05 a redelivered change of a parent is not told': [
    { mustFanOut: (...given) => given[1].outcome !== 'stale' && mustFanOut(...given) },
    { ...FIRST_EVENTS, budgets: { children: 1, crash: 1 } },
  ],
  'M06 references are deleted whatever their version': [
    { conditionOf: (write) => (write.expression === 'deleteReference' ? 'attribute_exists(#v)' : write.condition) },
    { childOperations: ['A', 'B'], budgets: { children: 3, zombie: 1 } },
  ],
  'M07 a redelivered change of a child is not compared with its parents': [
    { skips: (flight) => flight.phase === 'check' && flight.end.outcome === 'stale' },
    { ...FIRST_EVENTS, budgets: { children: 1, crash: 1 } },
  ],
  'M08 a merged change is taken for one': [
    { tellsCovers: false },
    { ...FIRST_EVENTS, childOperations: ['A', 'column'], merges: true, budgets: { children: 2, crash: 1 } },
  ],
  'M09 fan-out leaves fills alone': [
    { decideRefresh: (refresh, context, seen) => withoutEndings(decideRefresh(refresh, context, seen)) },
    { ...ONE, mode: 'lazy', childExists: false, budgets: { children: 1, parents: 1, reads: 1 } },
  ],
  'M10 a merged change of a parent that changes nothing is not told': [
    { mustFanOut: (change, ended, _covers) => mustFanOut(change, ended, false) },
    {
      ...ONE,
      childExists: true,
      merges: true,
      parentOperations: ['rename', 'same'],
      budgets: { parents: 2, crash: 1 },
    },
  ],
  'M11 a parent of which nothing is known counts as deleted': [
    {
      baseSeen: (base) =>
        base !== undefined && scalarOf(base[Meta.state]) === 'F' ? { ...base, [Meta.state]: text('T') } : base,
    },
    { ...ONE, parentOperations: ['rename, touched'], budgets: { children: 1, parents: 1 } },
  ],
  'M12 a reference is taken for astray also at the version of the child': [
    {
      decideRefresh: (refresh, context, seen) => strayAtOnce(decideRefresh(refresh, context, seen)),
      conditionOf: (write) => (write.expression === 'deleteReference' ? '#v <= :v' : write.condition),
    },
    { ...ONE, childOperations: [], childExists: true, mode: 'lazy', budgets: { parents: 1, reads: 2, repairs: 1 } },
  ],
  'M13 a newer version does not go round': [
    { pageDoneWrite: (job, page, shards) => pageDoneWrite({ ...job, from: '', leg: 'first' }, page, shards) },
    { ...ONE, childOperations: [], childExists: true, children: 3, jobs: true, budgets: { parents: 2 } },
  ],
  'M14 a change of a parent that changes nothing leaves the version as it is': [
    { decideBaseChange: (...given) => withoutTouch(decideBaseChange(...given)) },
    {
      ...ONE,
      childExists: true,
      merges: true,
      parentOperations: ['rename', 'back'],
      budgets: { parents: 2, zombie: 1 },
    },
  ],
  'M15 an answer to a customer does not say where its row points': [
    { answersPoint: false },
    { childOperations: [], childExists: true, customer: 'parent', budgets: { changes: 1 } },
  ],
  'M16 a fill puts no references': [
    { fillsRefer: false },
    { ...ONE, mode: 'lazy', budgets: { children: 1, parents: 1, reads: 1 } },
  ],
  'M17 a job ends although a newer version was raised': [
    { conditionOf: (write) => (write.expression === 'endJob' ? 'attribute_exists(#v)' : write.condition) },
    { ...ONE, childOperations: [], childExists: true, children: 2, jobs: true, budgets: { parents: 2 } },
  ],
};

type RefreshDecision = ReturnType<typeof decideRefresh>;

const withoutEndings = (decision: RefreshDecision): RefreshDecision =>
  decision.do === 'write' && decision.write.expression === 'endLease' ? { do: 'done', outcome: 'waiting' } : decision;

const strayAtOnce = (decision: RefreshDecision): RefreshDecision =>
  decision.do === 'done' && decision.outcome === 'waiting' ? { do: 'done', outcome: 'astray' } : decision;

type BaseDecision = ReturnType<typeof decideBaseChange>;

const withoutTouch = (decision: BaseDecision): BaseDecision =>
  decision.do === 'write' && decision.write.expression === 'touchBase'
    ? { do: 'done', outcome: 'unchanged' }
    : decision;

export const NAIVE_JOINS: readonly NaiveJoin[] = Object.entries(BY_NAME).map(([name, [part, input]]) => ({
  design: { ...SHIPPED_JOINS, ...part },
  configuration: joinConfiguration(name, input),
}));
