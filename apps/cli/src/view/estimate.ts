import { type Attributes, Meta, ZERO_VERSION, derivedColumns, itemBytes, text, writeUnits } from '@hybridge/protocol';
import { openSchemaReader } from '@hybridge/reader-schema';
import { connectRowReader } from '@hybridge/reader-sql';
import { type AnyView, PlanEffect, type ViewPlan, indexesOf, keyOfRow, projectRow, shapeOf } from '@hybridge/views';

/** What a plan costs, from a sample of rows. */
export interface Estimate {
  /** As the database estimates them; undefined where it does not. */
  readonly rows: number | undefined;
  readonly sampled: number;
  /** Mean of the sample, without the copies that indexes hold. */
  readonly itemBytes: number;
  /** Of one item: by the plan's effect, indexes counted. */
  readonly writeUnitsPerItem: number;
  /** Of all items; undefined where nobody knows how many there are. */
  readonly writeUnits: number | undefined;
  /** Bytes of the view with its indexes, when it is done. */
  readonly storageBytes: number | undefined;
}

const SAMPLE = 500;
/** DynamoDB bills so much of every stored item beside its size, and the same for every index it is in. */
const OVERHEAD_BYTES = 100;

/** Reads one page of rows and the server's statistics. @throws SqlReadError, SchemaReadError, ViewError */
export async function estimatePlan(view: AnyView, plan: ViewPlan, sqlUrl: string): Promise<Estimate> {
  await using reader = connectRowReader({
    source: view.table.source,
    url: sqlUrl,
    max: 1,
    applicationName: 'hybridge-plan',
  });
  const items: Attributes[] = [];
  for await (const page of reader.scan(view, { batchSize: SAMPLE })) {
    items.push(...page.filter(({ unstorable }) => unstorable === undefined).map(({ row }) => sketch(view, row)));
    break;
  }
  await using schema = await openSchemaReader(sqlUrl);
  const [relation] = await schema.relations({ tables: [view.table.name] });
  return estimateOf(items, indexesOf(view).length, plan.effect, relation?.rows);
}

/** An item as a load would store it, but for the values of its metadata. */
function sketch(view: AnyView, row: Attributes): Attributes {
  const { pk, sk } = keyOfRow(view, row);
  const meta = { [Meta.state]: text('L'), [Meta.version]: text(ZERO_VERSION), [Meta.nonce]: text('012345678901') };
  const provenance = { [Meta.transaction]: text('1234567'), [Meta.committedAt]: { N: '1700000000000' } };
  const { columns } = derivedColumns(shapeOf(view), projectRow(view, row) ?? {});
  return { pk: text(pk), sk: text(sk), ...columns, ...meta, ...provenance };
}

/** Pure. @param indexes of the view */
export function estimateOf(
  items: readonly Attributes[],
  indexes: number,
  effect: PlanEffect,
  rows: number | undefined,
): Estimate {
  const mean = (of: (bytes: number) => number): number =>
    items.length === 0 ? 0 : items.reduce((sum, item) => sum + of(itemBytes(item)), 0) / items.length;
  const perItem = mean((bytes) => unitsOf(effect, writeUnits(bytes), indexes));
  const size = mean((bytes) => bytes);
  return {
    rows,
    sampled: items.length,
    itemBytes: Math.round(size),
    writeUnitsPerItem: Math.round(perItem * 100) / 100,
    writeUnits: rows === undefined ? undefined : Math.ceil(rows * perItem),
    storageBytes: rows === undefined ? undefined : Math.round(rows * (size + OVERHEAD_BYTES) * (1 + indexes)),
  };
}

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
