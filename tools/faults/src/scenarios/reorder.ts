import { AppName } from '@hybridge/local-stack';
import { type JoinedTable, joinedTables } from '../joins/joined-actions.ts';
import { awaitCondition } from '../lab/await-condition.ts';
import { earlier, isPast, recordsBetween, setGroupOffsets, within } from '../lab/group-offsets.ts';
import { type FaultLab, GROUP_ID } from '../lab/open-fault-lab.ts';
import { copyRecords } from '../lab/record-copier.ts';
import type { Scenario, ScenarioRun } from '../lab/run-scenario.ts';
import { type Watermarks, committedBy, watermarksOf } from '../lab/topic-records.ts';

/** Whose records are held back against all others: parents, children, and those that are both. */
const HELD: readonly (readonly JoinedTable[])[] = [
  ['customers', 'products'],
  ['lines', 'prices', 'orders'],
  ['orders'],
];
/** Records of these tables, at least, each time. */
const LEAST_HELD = 10;
/** Actions between two looks for records that are late. */
const LATER = 80;
/** Records of each partition that come again at the end of a round. */
const SUFFIX = 40;

/** What one topic says comes long before what another one says, or long after; and then once more. */
export const reorder: Scenario = {
  name: 'reorder',
  title:
    "parents' records are held back against children's, then the other way round, and old ones of one topic come again",
  ground: 'joins',
  async act(lab, run) {
    const counts = { held: 0, 'again from one topic': 0, copies: 0 };
    try {
      await run.more(20);
      const rounds = await run.rounds(HELD.length, async (index) => {
        counts.copies += await copyMeanwhile(lab, run);
        counts.held += await holdBack(lab, run, HELD[index % HELD.length] ?? joinedTables);
        counts['again from one topic'] += await repeatSuffix(lab, topicOf(lab, run.random.pick(joinedTables)));
        await run.more(20);
      });
      return { rounds, ...counts };
    } finally {
      lab.ground.joined?.only();
    }
  },
};

/**
 * In their partitions: a row's records keep their order there, which rows that move need. It ends before records are held
 * back, as copies of those would come too early.
 */
async function copyMeanwhile(lab: FaultLab, { random, more }: ScenarioRun): Promise<number> {
  const copier = await copyRecords(lab, random, { elsewhere: false });
  try {
    await more(60);
    return copier.counts.duplicates + copier.counts.suffixes;
  } finally {
    await copier.stop();
  }
}

/** Everything else is applied first, up to what was written long after the records held back. */
async function holdBack(lab: FaultLab, { more }: ScenarioRun, tables: readonly JoinedTable[]): Promise<number> {
  const { apps } = lab.loop;
  const topics = tables.map((table) => topicOf(lab, table));
  await apps.stop(AppName.projector);
  const before = within(await committedBy(lab, GROUP_ID), topics);
  await more(50);
  lab.ground.joined?.only(...joinedTables.filter((table) => !tables.includes(table)));
  const held = await standStill(lab, topics, more);
  await setGroupOffsets(lab, held);
  await apps.start(AppName.projector);
  await more(10);
  await caughtUp(
    lab,
    lab.topics.filter((topic) => !topics.includes(topic)),
  );
  await apps.stop(AppName.projector);
  await setGroupOffsets(lab, new Map([...held].map(([name]) => [name, before.get(name) ?? 0n])));
  lab.ground.joined?.only();
  await apps.start(AppName.projector);
  await caughtUp(lab, topics);
  const count = recordsBetween(before, held);
  if (count < LEAST_HELD) throw new Error(`Only ${count} records of ${tables.join(', ')} were held back.`);
  return count;
}

/** Resolves when nothing more comes to the topics, though others get records: all that is held back is there. */
async function standStill(lab: FaultLab, topics: readonly string[], more: ScenarioRun['more']): Promise<Watermarks> {
  let ends: Watermarks = new Map();
  await awaitCondition('no more records of the tables held back', async () => {
    const before = ends;
    await more(LATER);
    ends = within(await watermarksOf(lab), topics);
    return before.size > 0 && recordsBetween(before, ends) === 0;
  });
  return ends;
}

async function caughtUp(lab: FaultLab, topics: readonly string[]): Promise<void> {
  const ends = within(await watermarksOf(lab), topics);
  await awaitCondition(`records of ${topics.join(', ')} done`, async () =>
    isPast(await committedBy(lab, GROUP_ID), ends),
  );
}

async function repeatSuffix(lab: FaultLab, topic: string): Promise<number> {
  const { apps } = lab.loop;
  await apps.stop(AppName.projector);
  const committed = within(await committedBy(lab, GROUP_ID), [topic]);
  const again = earlier(committed, SUFFIX);
  await setGroupOffsets(lab, again);
  await apps.start(AppName.projector);
  await caughtUp(lab, [topic]);
  return recordsBetween(again, committed);
}

const TABLES: Readonly<Record<JoinedTable, string>> = {
  customers: 'public.customers',
  products: 'public.products',
  orders: 'public.orders',
  lines: 'public.order_lines',
  prices: 'stockroom.prices',
};

function topicOf({ topics }: FaultLab, table: JoinedTable): string {
  const found = topics.find((topic) => topic.endsWith(`.${TABLES[table]}`));
  if (found === undefined) throw new Error(`Table ${TABLES[table]} has no topic; there are ${topics.join(', ')}.`);
  return found;
}
