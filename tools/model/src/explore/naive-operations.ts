import {
  ItemState,
  type RowChange,
  type Write,
  ZERO_VERSION,
  decideRowChange,
  leaseWrite,
  number,
  stateOf,
  text,
} from '@hybridge/protocol';
import type { ConfigurationInput } from '../row/configuration.ts';
import { type Design, SHIPPED } from '../row/design.ts';

const LAZY = { mode: 'lazy' } as const;
const LOAD_BY_PUTS = { loads: true, sqlOperations: ['update-a'] } as const;

/** Ways to fill, repair, park, save writes and load that somebody might well choose, and where each goes wrong. */
export const NAIVE_OPERATIONS: Readonly<Record<string, readonly [part: Partial<Design>, input: ConfigurationInput]>> = {
  'N03 cache-aside: a fill puts what is absent, a change event updates what is there': [
    {
      leases: false,
      provesFills: false,
      decideRowChange: (...given) => leaveAbsent(decideRowChange(...given), given[3]?.item === undefined),
      conditionOf: (write) => (write.expression.startsWith('fill') ? 'attribute_not_exists(#st)' : write.condition),
      restampFill: withZeroVersion,
    },
    { ...LAZY, budgets: { reads: 1, sql: 1 } },
  ],
  'N17 every change of an item is taken for a change of a customer': [
    { relaysEverything: true },
    { policy: 'customer-wins', sqlOperations: ['update-a'], budgets: { sql: 1 } },
  ],
  'N24 an idle item may end right after a change event': [
    { idleOutlivesLag: false },
    { ...LAZY, budgets: { reads: 2, sql: 2, eviction: 1 } },
  ],
  'N28 updates of other columns are passed over while a view is loaded by a snapshot': [
    { skipsNoops: 'always' },
    { captured: false, sqlOperations: ['update-c'], budgets: { snapshot: 1, sql: 1 } },
  ],
  'N29 the fence of a repair lives as short as any other': [
    { decideRepair: (...given) => shortLived(SHIPPED.decideRepair(...given)) },
    { captured: false, sqlOperations: ['delete'], budgets: { repair: 1, snapshot: 1, sql: 1, expiry: 1 } },
  ],
  'N30 a lease gives every item the short life of a fence': [
    { leaseWrite: (...given) => shortening(leaseWrite(...given)) },
    { captured: false, sqlOperations: ['delete'], budgets: { repair: 1, snapshot: 1, sql: 1, expiry: 1 } },
  ],
  'N31 a partial event is merged with a snapshot row': [
    { mergeRowChanges: mergeAnyImage },
    {
      merges: true,
      partialEvents: true,
      sqlOperations: ['update-a', 'update-b'],
      budgets: { snapshot: 1, sql: 2 },
    },
  ],
  'N32 a key is released before readers see the record that had no version': [
    { releasesVisible: false },
    { poison: 'without version', sqlOperations: ['update-a'], budgets: { poison: 1, sql: 1 } },
  ],
  'N33 the projector does not look again after it put a record aside': [
    { looksAgain: false },
    { sqlOperations: ['update-a'], budgets: { poison: 1, sql: 1 } },
  ],
  'N34 an event that was put aside is stale when it comes again': [
    { decideRowChange: (...given) => staleWhenAsNew(decideRowChange(...given)) },
    { sqlOperations: ['update-a'], budgets: { poison: 1, sql: 1, crash: 1 } },
  ],
  'N35 a view is opened while a put of its dead loader may be under way': [
    { opensAfterGrace: false },
    { ...LOAD_BY_PUTS, budgets: { sql: 1, loaderDeath: 1 } },
  ],
  'N37 the projector runs while a loader puts': [{ projectorWaits: false }, { ...LOAD_BY_PUTS, budgets: { sql: 1 } }],
  'N38 a loader puts rows of incremental snapshots': [
    { isPut: ({ commit }, isNewest) => isNewest || commit.snapshot === true },
    { ...LOAD_BY_PUTS, budgets: { sql: 1, snapshot: 1 } },
  ],
  'N39 an event in parts leaves a quarantined item alone': [
    { decideRowChange: (...given) => (isPartOfQuarantined(given) ? LEFT : SHIPPED.decideRowChange(...given)) },
    { partialEvents: true, sqlOperations: ['oversize', 'update-a'], budgets: { repair: 1, sql: 2 } },
  ],
  'N40 a loader goes on by conditions while a put without an answer may be under way': [
    { loaderWaits: false },
    { ...LOAD_BY_PUTS, budgets: { sql: 1, lostAnswer: 1 } },
  ],
  'N41 customers change items while a loader puts': [
    { visitorsWait: false },
    { ...LOAD_BY_PUTS, changes: ['update-b'], budgets: { sql: 1 } },
  ],
  'N42 a loader puts rows that are sent again': [
    { isPut: ({ again }, isNewest) => isNewest || again === true },
    { ...LOAD_BY_PUTS, budgets: { sql: 1, replay: 1 } },
  ],
  'N43 a loader commits the offset of a record before its put is answered': [
    { loaderTellsAnswered: false },
    { ...LOAD_BY_PUTS, budgets: { loaderDeath: 1 } },
  ],
};

type RowDecision = ReturnType<Design['decideRowChange']>;

const LEFT: RowDecision = { do: 'done', outcome: 'stale' };

function isPartOfQuarantined([change, , , seen]: Parameters<Design['decideRowChange']>): boolean {
  return change.kind === 'partial' && seen?.item !== undefined && stateOf(seen.item) === ItemState.quarantined;
}

function leaveAbsent(decision: RowDecision, absent: boolean): RowDecision {
  const creates = decision.do === 'write' && decision.write.expression === 'fence';
  return absent && creates ? { do: 'done', outcome: 'stale' } : decision;
}

function withZeroVersion(write: Write): Write {
  const values = { ...write.values, ':zero': text(ZERO_VERSION) };
  return {
    ...write,
    update: write.update.replace('SET ', 'SET #v = :zero, '),
    values,
    names: { ...write.names, '#v': '_v' },
  };
}

/** As shipped, but for the rule on rows without a position. */
function mergeAnyImage(...[before, next]: Parameters<Design['mergeRowChanges']>): RowChange | undefined {
  const isPart = next.kind === 'partial' && next.version > before.version && before.kind === 'upsert';
  if (!isPart) return SHIPPED.mergeRowChanges(before, next);
  return { ...next, kind: 'upsert', columns: { ...before.columns, ...next.columns } };
}

/** Seconds since 1970: before the end of any tombstone of the model. */
const SOON = number(0);

function shortLived(decision: ReturnType<Design['decideRepair']>): ReturnType<Design['decideRepair']> {
  if (decision.do !== 'write') return decision;
  return { ...decision, write: { ...decision.write, values: { ...decision.write.values, ':x': SOON } } };
}

const shortening = (write: Write): Write => ({ ...write, update: write.update.replace('if_not_exists(#x, :x)', ':x') });

const staleWhenAsNew = (decision: RowDecision): RowDecision =>
  decision.do === 'write' && decision.write.expression === 'invalidate' ? { do: 'done', outcome: 'stale' } : decision;
