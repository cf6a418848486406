import type { AttributeDescription, ComputedDescription, Described, ViewDescription } from './describe.ts';
import { embedChanges } from './plan-embeds.ts';
import { type Member, PlanEffect, type PlannedChange, changeOf, membersOf, sameJson } from './planned-change.ts';

/** What has to happen with one view. */
export interface ViewPlan {
  readonly view: string;
  readonly changes: readonly PlannedChange[];
  /** The greatest of its changes. */
  readonly effect: PlanEffect;
  /** Indexes the view table gets; it makes one at a time. */
  readonly addedIndexes: readonly string[];
  /** Indexes no view uses any more. */
  readonly removedIndexes: readonly string[];
}

const ORDER: readonly PlanEffect[] = Object.values(PlanEffect);

/** What it means that the definitions `before` became those of `after`; views that are as they were are left out. */
export function planViews(before: readonly ViewDescription[], after: readonly ViewDescription[]): readonly ViewPlan[] {
  const old = new Map(before.map((view) => [view.name, view]));
  const names = new Set(after.map(({ name }) => name));
  const indexes = { before: indexNames(before), after: indexNames(after) };
  const plans = [
    ...after.map((view) => ({ view, changes: changesOf(old.get(view.name), view, before) })),
    ...before.filter(({ name }) => !names.has(name)).map((view) => ({ view, changes: [removedView(view, after)] })),
  ];
  return plans
    .filter(({ changes }) => changes.length > 0)
    .map(({ view, changes }) => ({
      view: view.name,
      changes,
      effect: changes.map(({ effect }) => effect).reduce(greater, PlanEffect.none),
      addedIndexes: Object.keys(view.indexes).filter((name) => names.has(view.name) && !indexes.before.has(name)),
      removedIndexes: Object.keys(old.get(view.name)?.indexes ?? {}).filter((name) => !indexes.after.has(name)),
    }));
}

const greater = (a: PlanEffect, b: PlanEffect): PlanEffect => (ORDER.indexOf(a) < ORDER.indexOf(b) ? b : a);

const indexNames = (views: readonly ViewDescription[]): ReadonlySet<string> =>
  new Set(views.flatMap(({ indexes }) => Object.keys(indexes)));

function changesOf(
  before: ViewDescription | undefined,
  after: ViewDescription,
  others: readonly ViewDescription[],
): readonly PlannedChange[] {
  if (before === undefined) return [addedView(after, others)];
  const content = isMoved(before, after) ? [] : contentChanges(before, after); // what is made anew needs no mending
  return [...placeChanges(before, after), ...content, ...ruleChanges(before, after)];
}

const keyShape = ({ source, table, key }: ViewDescription): string => JSON.stringify([source, table, key]);

function addedView(view: ViewDescription, others: readonly ViewDescription[]): PlannedChange {
  const renamed = others.find((other) => keyShape(other) === keyShape(view));
  const added = { view: view.name, what: 'view', how: 'added' } as const;
  if (renamed !== undefined) {
    return {
      ...added,
      effect: PlanEffect.none,
      meaning: `It has the keys of view ${renamed.name}, so that it is that view under another name. Changes under way name the old one: let them be answered first.`,
    };
  }
  return view.mode === 'lazy'
    ? { ...added, effect: PlanEffect.none, meaning: 'Rows get an item when they are read.' }
    : {
        ...added,
        effect: PlanEffect.load,
        meaning: 'Rows that change or are read get an item; the others have none yet.',
      };
}

function removedView(view: ViewDescription, others: readonly ViewDescription[]): PlannedChange {
  const removed = { view: view.name, what: 'view', how: 'removed' } as const;
  return others.some((other) => keyShape(other) === keyShape(view))
    ? { ...removed, effect: PlanEffect.none, meaning: 'Another view has its keys.' }
    : {
        ...removed,
        effect: PlanEffect.leftovers,
        meaning: `Its items stay under "${view.key.pk[0]}…" and are no longer kept up to date.`,
      };
}

/** The first word of the partition key keeps the items of two builds apart. */
const isMoved = (before: ViewDescription, after: ViewDescription): boolean => before.key.pk[0] !== after.key.pk[0];

/** Where items lie, and what their versions count. */
function placeChanges(before: ViewDescription, after: ViewDescription): readonly PlannedChange[] {
  const change = (what: string, effect: PlanEffect, meaning: string): PlannedChange => ({
    view: after.name,
    what,
    how: 'changed',
    effect,
    meaning,
  });
  if (isMoved(before, after)) {
    return [
      change(
        'key prefix',
        PlanEffect.load,
        `Items${alsoOf(after)} are made anew under "${after.key.pk[0]}"; those under "${before.key.pk[0]}" stay, and nobody reads them.`,
      ),
    ];
  }
  const first = `give its partition key another first word than "${before.key.pk[0]}"`;
  const places = [
    ['source', before.source, after.source, 'versions of two sources cannot be compared'],
    ['table', before.table, after.table, 'versions of rows of two tables mean different rows'],
    ['primary key', before.primaryKey, after.primaryKey, 'an item would stand for another row'],
    ['key', before.key, after.key, 'items under the old keys would be read and written by nobody'],
    ['layout', before.layout, after.layout, 'items of the other layout would be read as empty'],
  ] as const;
  return places
    .filter(([, old, now]) => !sameJson(old, now))
    .map(([what, , , why]) => change(what, PlanEffect.rebuild, `Not in place, as ${why}: ${first}.`));
}

/** Base items and references are named after the first word too. */
const alsoOf = ({ embeds }: ViewDescription): string =>
  Object.keys(embeds).length === 0 ? '' : ', and what is stored of the rows that they embed,';

/** What items hold. */
function contentChanges(before: ViewDescription, after: ViewDescription): readonly PlannedChange[] {
  const ofMode = [...modeChange(before, after), ...ttlChange(before, after)];
  return [
    ...ofMode,
    ...membersOf('attribute', before.attributes, after.attributes, after.name).map((found) => ofAttribute(found)),
    ...membersOf('computed attribute', before.computed, after.computed, after.name).map((found) => ofComputed(found)),
    ...whereChange(before, after),
    ...embedChanges(before, after),
    ...membersOf('index', before.indexes, after.indexes, after.name).map((found) => ofIndex(found)),
  ];
}

function ttlChange(before: ViewDescription, after: ViewDescription): readonly PlannedChange[] {
  const [old, now] = [before.ttlSeconds, after.ttlSeconds];
  if (old === now) return [];
  const found = { view: after.name, what: 'ttlSeconds' } as const;
  const how = old === null ? 'added' : now === null ? 'removed' : 'changed';
  if (after.mode === 'lazy') {
    return [{ ...found, how, effect: PlanEffect.none, meaning: 'For items that are filled or changed from now on.' }];
  }
  const meaning = 'Items that were to end still do: an eager view has to write each of them anew before.';
  return [{ ...found, how, effect: PlanEffect.refill, meaning }];
}

function modeChange(before: ViewDescription, after: ViewDescription): readonly PlannedChange[] {
  const changed = { view: after.name, how: 'changed' } as const;
  const mode: readonly PlannedChange[] =
    before.mode === after.mode
      ? []
      : after.mode === 'lazy'
        ? [
            {
              ...changed,
              what: 'mode',
              effect: PlanEffect.none,
              meaning: 'Items that are there stay and are kept up to date.',
            },
          ]
        : [{ ...changed, what: 'mode', effect: PlanEffect.load, meaning: 'Rows nobody has read have no item yet.' }];
  if (before.primary === after.primary) return mode;
  const primary: PlannedChange =
    after.primary === 'dynamodb'
      ? {
          ...changed,
          what: 'primary',
          effect: PlanEffect.load,
          meaning: 'A row without an item counts as absent from now on: load the view before you deploy this.',
        }
      : {
          ...changed,
          what: 'primary',
          effect: PlanEffect.none,
          meaning: 'What has no item is asked for in SQL again.',
        };
  return [...mode, primary];
}

const NEW_ITEMS = 'Items have it when their row changes or they are filled anew.';
const OLD_ITEMS = 'Items keep the old one until their row changes or they are filled anew.';
const LEFT = 'Items keep it, and readers of the SDK do not see it.';

function ofAttribute(member: Member<AttributeDescription>): PlannedChange {
  const { before, after } = member;
  if (before === undefined) return changeOf(member, 'added', PlanEffect.refill, NEW_ITEMS);
  if (after === undefined) return changeOf(member, 'removed', PlanEffect.leftovers, LEFT);
  if (before.column === after.column && before.type === after.type) {
    return changeOf(member, 'changed', PlanEffect.none, after.nullable ? 'It may be NULL.' : 'It is never NULL.');
  }
  const how =
    before.column === after.column
      ? `was of type ${before.type}, is ${after.type}`
      : `was column ${before.column}, is ${after.column}`;
  return changeOf(member, 'changed', PlanEffect.refill, `It ${how}. ${OLD_ITEMS}`);
}

function ofComputed(member: Member<ComputedDescription>): PlannedChange {
  if (member.before === undefined) return changeOf(member, 'added', PlanEffect.refill, NEW_ITEMS);
  if (member.after === undefined) return changeOf(member, 'removed', PlanEffect.leftovers, LEFT);
  return changeOf(member, 'changed', PlanEffect.refill, OLD_ITEMS);
}

function whereChange(before: ViewDescription, after: ViewDescription): readonly PlannedChange[] {
  if (sameJson(before.where, after.where)) return [];
  const how = before.where === null ? 'added' : after.where === null ? 'removed' : 'changed';
  const meaning = 'Rows that belong no longer keep their items, and those that do now have none, until they change.';
  return [{ view: after.name, what: 'filter', how, effect: PlanEffect.refill, meaning }];
}

function ofIndex(member: Member<unknown>): PlannedChange {
  if (member.before === undefined) {
    return changeOf(
      member,
      'added',
      PlanEffect.refill,
      'It lists items whose row changed since, or that were filled anew.',
    );
  }
  if (member.after === undefined) {
    return changeOf(member, 'removed', PlanEffect.leftovers, 'Items keep its keys; the view table may drop it.');
  }
  return changeOf(
    member,
    'changed',
    PlanEffect.refill,
    'Items stand where the old one has them, until they are filled anew.',
  );
}

/** What apps do; items stay as they are. */
function ruleChanges(before: ViewDescription, after: ViewDescription): readonly PlannedChange[] {
  const rules: readonly (readonly [string, Described, Described, string])[] = [
    [
      'rules for changes',
      before.changes,
      after.changes,
      'For writeback, view-api and services with the SDK; a change accepted under the old rules is decided by those of writeback.',
    ],
    ['access', before.access, after.access, 'For view-api.'],
    ['collections', before.collect, after.collect, 'For what reads them in one query.'],
    ['raw writes', before.rawWrites, after.rawWrites, 'For stream-pipe and writeback.'],
    ['events', before.events, after.events, 'For stream-pipe; nothing is told again of what was.'],
  ];
  return rules
    .filter(([, old, now]) => !sameJson(old, now))
    .map(([what, , , meaning]) => ({ view: after.name, what, how: 'changed', effect: PlanEffect.none, meaning }));
}
