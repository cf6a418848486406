import { type Write, encodeVersion, text } from '@hybridge/protocol';
import { type Configuration, type ConfigurationInput, configuration } from '../row/configuration.ts';
import { type Design, SHIPPED } from '../row/design.ts';
import { NAIVE_OPERATIONS } from './naive-operations.ts';

/** A design somebody might well choose, and a configuration in which it goes wrong. */
export interface NaiveDesign {
  readonly design: Design;
  readonly configuration: Configuration;
}

const LAZY = { mode: 'lazy' } as const;
const BY_NAME: Readonly<Record<string, readonly [part: Partial<Design>, input: ConfigurationInput]>> = {
  'N01 no version condition, only order within a partition': [
    { conditionOf: (write) => write.condition.replace('(attribute_not_exists(#v) OR #v < :v) AND ', '') },
    { budgets: { sql: 2, zombie: 1 } },
  ],
  'N02 version = position of the event, not of its commit': [
    { positionOf: (commit) => ({ major: 0, minor: commit.rowMinor }) },
    { budgets: { sql: 2 } },
  ],
  'N04 a change event leaves an unknown key alone': [
    { decideRowChange: (...given) => skipFence(SHIPPED.decideRowChange(...given), given[3]?.item === undefined) },
    { ...LAZY, budgets: { reads: 1, sql: 2 } },
  ],
  'N05 a fill does not prove that SQL shows the fence': [
    { provesFills: false },
    { ...LAZY, budgets: { reads: 1, sql: 2 } },
  ],
  'N06 a fill is stamped with the current position of the log': [
    { restampFill },
    { ...LAZY, budgets: { reads: 1, sql: 2 } },
  ],
  'N07 a deleted row deletes the item': [
    { leaves: (write, item) => (write.expression === 'remove' ? undefined : item) },
    { budgets: { sql: 2, zombie: 1 } },
  ],
  'N08 tombstones live shorter than a stuck writer': [
    { tombstoneOutlivesWriters: false },
    { budgets: { sql: 2, zombie: 1, expiry: 1 } },
  ],
  'N09 fences live shorter than commits stay invisible': [
    { fenceOutlivesLag: false },
    { ...LAZY, budgets: { reads: 1, sql: 2, expiry: 1 } },
  ],
  'N10 an answer carries no image of the row': [
    { decideSettle: (signal, ...rest) => SHIPPED.decideSettle({ ...signal, image: undefined }, ...rest) },
    { changes: ['update-a'] },
  ],
  'N11 any change event of the row ends its pending changes': [
    { conditionOf: withoutPendingCheck, decideRowChange: (...given) => endPending(SHIPPED.decideRowChange(...given)) },
    { changes: ['update-a'], sqlOperations: ['update-b'], budgets: { sql: 1 } },
  ],
  'N12 a change event overwrites what a customer changed': [
    { conditionOf: withoutPendingCheck },
    { changes: ['update-a'], sqlOperations: ['update-b'], budgets: { sql: 1 } },
  ],
  'N13 SQL does not remember which changes it answered': [
    { remembersAnswers: false },
    { policy: 'customer-wins', changes: ['update-a'], budgets: { sql: 1, duplicate: 1 } },
  ],
  'N14 SQL applies changes without looking for conflicts': [
    {
      decideChange: (change, row, view) =>
        SHIPPED.decideChange(change, row, { ...view, changes: { ...view.changes, policy: 'customer-wins' } }),
    },
    { changes: ['update-a'], budgets: { sql: 1 } },
  ],
  'N15 one message per change, SQL wins': [
    { messageOf: (item) => SHIPPED.messageOf(item).slice(-1) },
    { changes: ['update-a', 'update-a'] },
  ],
  'N16 one message per change, the customer wins': [
    { messageOf: (item) => SHIPPED.messageOf(item).slice(-1) },
    { policy: 'customer-wins', changes: ['update-a', 'update-a'] },
  ],
  'N18 a rejection for a missing row says that the row is gone': [
    { missingImage: { exists: false } },
    { changes: ['update-a'], sqlOperations: ['insert', 'delete'], budgets: { sql: 2 } },
  ],
  'N19 lost messages are not sent again': [{ sweeps: false }, { changes: ['update-a'], budgets: { loss: 1 } }],
  'N20 snapshot rows carry the position at which they were sent': [
    {
      positionOf: (commit, of) =>
        commit.snapshot === true ? { major: Math.floor(10 * commit.number), minor: 0 } : SHIPPED.positionOf(commit, of),
    },
    { budgets: { sql: 2, snapshot: 1 } },
  ],
  'N21 a failover does not raise the epoch': [{ raisesEpoch: false }, { budgets: { sql: 2, failover: 1 } }],
  'N22 keys are not read again after a failover': [{ rereads: false }, { budgets: { sql: 2, failover: 1 } }],
  'N23 a replayed snapshot row may create an item': [
    { marksAged: false },
    { captured: false, budgets: { sql: 2, snapshot: 1, replay: 1, expiry: 1 } },
  ],
  'N25 a fill writes into any fence': [
    { conditionOf: (write) => (write.expression.startsWith('fill') ? '#st = :F' : write.condition) },
    { ...LAZY, budgets: { reads: 1, sql: 2 } },
  ],
  'N26 the writes of customers are not compare-and-set': [
    {
      conditionOf: (write) =>
        write.expression.startsWith('customer') ? write.condition.replace(' AND #w = :w0', '') : write.condition,
    },
    { changes: ['update-a', 'update-b'], rivals: true },
  ],
  'N27 the fence that an answer may leave behind is left to the next reader': [
    {
      decideSettle: (...args) => {
        const decision = SHIPPED.decideSettle(...args);
        return decision.do !== 'read' && decision.outcome === 'fenced' ? { ...decision, outcome: 'settled' } : decision;
      },
    },
    {
      partialEvents: true,
      captured: false,
      changes: ['insert'],
      sqlOperations: ['update-a'],
      budgets: { snapshot: 1, sql: 1 },
    },
  ],
};

export const NAIVE_DESIGNS: readonly NaiveDesign[] = Object.entries({ ...BY_NAME, ...NAIVE_OPERATIONS }).map(
  ([name, [part, input]]) => ({
    design: { ...SHIPPED, ...part },
    configuration: configuration(name, input),
  }),
);

type RowDecision = ReturnType<Design['decideRowChange']>;

const skipFence = (decision: RowDecision, absent: boolean): RowDecision =>
  absent && decision.do === 'write' && decision.write.expression === 'fence'
    ? { do: 'done', outcome: 'stale' }
    : decision;

function withoutPendingCheck(write: Write): string {
  const changes: readonly string[] = ['upsertEager', 'remove'];
  return changes.includes(write.expression)
    ? write.condition.replace(' AND attribute_not_exists(#p)', '')
    : write.condition;
}

function endPending(decision: RowDecision): RowDecision {
  if (decision.do !== 'write') return decision;
  const { write } = decision;
  const names = { ...write.names, '#p': '_p', '#t': '_t', '#pt': '_pt' };
  return { ...decision, write: { ...write, names, update: `${write.update}, #t, #p, #pt` } };
}

function restampFill(write: Write, commits: number): Write {
  if (write.expression !== 'fill') return write;
  const now = encodeVersion({ epoch: 0, major: BigInt(10 * commits), minor: BigInt(10 * commits), offset: 0n });
  return {
    ...write,
    update: write.update.replace('SET ', 'SET #v = :stamp, '),
    values: { ...write.values, ':stamp': text(now) },
  };
}
