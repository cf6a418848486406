import { type Attributes, itemBytes, writeUnits } from '@hybridge/protocol';
import { openSchemaReader } from '@hybridge/reader-schema';
import { connectRowReader } from '@hybridge/reader-sql';
import { type AnyView, PlanEffect, type Row, type ViewPlan, basesOf, indexesOf } from '@hybridge/views';
import { type SampledRows, referencesOf, sketch } from './sketch.ts';

/** What a plan costs, from a sample of rows. */
export interface Estimate {
  /** As the database estimates them; undefined where it does not. */
  readonly rows: number | undefined;
  readonly sampled: number;
  /** Mean of the sample, without the copies that indexes hold, and without references. */
  readonly itemBytes: number;
  /** Of one item: by the plan's effect, indexes and references counted. */
  readonly writeUnitsPerItem: number;
  /** Of all items; undefined where nobody knows how many there are. */
  readonly writeUnits: number | undefined;
  /** Bytes of the view with its indexes and references, when it is done. */
  readonly storageBytes: number | undefined;
}

export interface PlanEstimate extends Estimate {
  /** Base items of the rows that are embedded and have none yet. */
  readonly bases: readonly BaseEstimate[];
}

export interface BaseEstimate {
  /** The hidden view, `orders.customer`. */
  readonly view: string;
  /** Undefined where the source database was not named. */
  readonly estimate: Estimate | undefined;
}

const SAMPLE = 500;
/** DynamoDB bills so much of every stored item beside its size, and the same for every index it is in. */
const OVERHEAD_BYTES = 100;

interface Sample {
  readonly rows: readonly Row[];
  /** As the database estimates them. */
  readonly total: number | undefined;
}

/**
 * Reads one page of rows of the view and of each table that it embeds, and the statistics of their servers.
 * @param urls by source; the view's is there
 * @throws SqlReadError, SchemaReadError, ViewError
 */
export async function estimatePlan(
  view: AnyView,
  plan: ViewPlan,
  urls: ReadonlyMap<string, string>,
): Promise<PlanEstimate> {
  const samples = new Map<AnyView, Sample>();
  for (const each of [...basesOf(view), view]) {
    const url = urls.get(each.table.source.name);
    if (url !== undefined) samples.set(each, await sampleOf(each, url));
  }
  const rowsOf: SampledRows = (of) => samples.get(of)?.rows ?? [];
  const estimate = (of: AnyView, effect: PlanEffect): Estimate | undefined => {
    const sample = samples.get(of);
    return sample && estimateOf(sketchesOf(of, rowsOf), indexesOf(of).length, effect, sample.total);
  };
  return {
    ...(estimate(view, plan.effect) as Estimate),
    bases: newBases(view, plan).map((base) => ({ view: base.name, estimate: estimate(base, PlanEffect.load) })),
  };
}

/** All where the view is made anew; else those of what it embeds by now and did not before. */
export function newBases(view: AnyView, { effect, changes }: Pick<ViewPlan, 'effect' | 'changes'>): readonly AnyView[] {
  if (effect !== PlanEffect.refill) return basesOf(view);
  const added = new Set(changes.filter(({ how }) => how === 'added').map(({ what }) => what));
  const relations: readonly { readonly name: string; readonly base: AnyView }[] = view.relations;
  return relations.filter(({ name }) => added.has(`embedded ${name}`)).flatMap(({ base }) => [base, ...basesOf(base)]);
}

async function sampleOf(view: AnyView, url: string): Promise<Sample> {
  const { source } = view.table;
  await using reader = connectRowReader({ source, url, max: 1, applicationName: 'hybridge-plan' });
  const rows: Row[] = [];
  for await (const page of reader.scan(view, { batchSize: SAMPLE })) {
    rows.push(...page.filter(({ unstorable }) => unstorable === undefined).map(({ row }) => row));
    break;
  }
  await using schema = await openSchemaReader(url);
  const [relation] = await schema.relations({ tables: [view.table.name] });
  return { rows, total: relation?.rows };
}

/** An item, and the references of its row. */
export interface Sketch {
  readonly item: Attributes;
  readonly references: readonly Attributes[];
}

/** Rows without a place have no item. */
const sketchesOf = (view: AnyView, rowsOf: SampledRows): readonly Sketch[] =>
  rowsOf(view).flatMap((row, i) => {
    const item = sketch(view, row, i, rowsOf);
    return item === undefined ? [] : [{ item, references: referencesOf(view, row) }];
  });

/** Pure. @param indexes of the view */
export function estimateOf(
  items: readonly Sketch[],
  indexes: number,
  effect: PlanEffect,
  rows: number | undefined,
): Estimate {
  const mean = (of: (sketch: Sketch) => number): number =>
    items.length === 0 ? 0 : items.reduce((sum, one) => sum + of(one), 0) / items.length;
  const perItem = mean(({ item, references }) => {
    const units = unitsOf(effect, writeUnits(itemBytes(item)), indexes);
    return units === 0 ? 0 : units + total(references, (bytes) => writeUnits(bytes));
  });
  const size = mean(({ item }) => itemBytes(item));
  const beside = mean(({ references }) => total(references, (bytes) => bytes + OVERHEAD_BYTES));
  return {
    rows,
    sampled: items.length,
    itemBytes: Math.round(size),
    writeUnitsPerItem: Math.round(perItem * 100) / 100,
    writeUnits: rows === undefined ? undefined : Math.ceil(rows * perItem),
    storageBytes:
      rows === undefined ? undefined : Math.round(rows * ((size + OVERHEAD_BYTES) * (1 + indexes) + beside)),
  };
}

const total = (items: readonly Attributes[], of: (bytes: number) => number): number =>
  items.reduce((sum, item) => sum + of(itemBytes(item)), 0);

/**
 * A fill takes a lease (1) and stores the item; in place the item becomes a fence before, which writes as much as it
 * held. An index is written when an item enters it, and when it leaves it.
 */
function unitsOf(effect: PlanEffect, units: number, indexes: number): number {
  switch (effect) {
    case PlanEffect.refill:
      return 2 * units + 1 + 2 * units * indexes;
    case PlanEffect.load:
    case PlanEffect.rebuild:
      return units + 1 + units * indexes;
    default:
      return 0;
  }
}
