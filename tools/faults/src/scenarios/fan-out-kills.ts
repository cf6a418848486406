import { AppName, scrape } from '@hybridge/local-stack';
import { pause } from '@hybridge/runtime';
import { awaitCondition } from '../lab/await-condition.ts';
import type { FaultLab } from '../lab/open-fault-lab.ts';
import type { Scenario } from '../lab/run-scenario.ts';

/** Else the run proves nothing. */
const LEAST = { 'while jobs were there': 2, 'in the middle of a job': 1, 'while events told rows': 1 } as const;
/** A job is awaited, and may go on for so long before the kill, milliseconds. */
const INTO_A_JOB_MS = 700;

/** The projector is killed with SIGKILL while events tell a few rows, and while jobs tell hundreds. */
export const fanOutKills: Scenario = {
  name: 'fan-out-kills',
  title: 'the projector is killed while it tells rows of the rows that they embed, by events and in the middle of jobs',
  ground: 'joins',
  async act(lab, { random, more, rounds }) {
    const kills = { 'while jobs were there': 0, 'in the middle of a job': 0, 'while events told rows': 0 };
    const { apps } = lab.loop;
    await rounds(2, async (index) => {
      await awaitCondition('rows told by an event', async () => (await toldByEvents(lab)) > 0);
      await renameBusy(lab, random.roll(1_000_000));
      const least = index % 2; // in turn: any job, one that has told rows
      await awaitCondition('a fan-out job', async () => (await lab.jobs()).some(({ visited }) => visited >= least));
      await pause(random.roll(INTO_A_JOB_MS));
      const told = await toldByEvents(lab);
      await pause(random.roll(100));
      if ((await toldByEvents(lab)) > told) kills['while events told rows']++;
      await apps.kill(AppName.projector);
      const left = await lab.jobs();
      if (left.length > 0) kills['while jobs were there']++;
      if (left.some(({ visited }) => visited > 0)) kills['in the middle of a job']++;
      await more(10);
      await apps.start(AppName.projector);
    });
    await more(40);
    for (const [when, least] of Object.entries(LEAST)) {
      const count = kills[when as keyof typeof LEAST];
      if (count < least) throw new Error(`The projector was killed only ${count} times ${when}.`);
    }
    return kills;
  },
};

/** Parents of hundreds of rows, which come back if they are gone. */
async function renameBusy({ sql }: FaultLab, n: number): Promise<void> {
  await sql.query(
    `INSERT INTO public.products (id, sku, name, list_price) VALUES (1, 'HOT-1', $1, 1)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name`,
    [`Busy ${n}`],
  );
  await sql.query(
    `INSERT INTO public.customers (id, email, full_name, street, postal_code, city, country)
     VALUES (1, 'hot1@example.org', $1, 'Kade 1', '4461 AA', 'Goes', 'NL')
     ON CONFLICT (id) DO UPDATE SET full_name = excluded.full_name`,
    [`Busy ${n}`],
  );
}

async function toldByEvents({ loop }: FaultLab): Promise<number> {
  const samples = await scrape(`${loop.apps.operationsUrl(AppName.projector)}/metrics`);
  return [...samples]
    .filter(([name]) => name.startsWith('projector_fanout_told_total{') && name.includes('by="event"'))
    .reduce((sum, [, count]) => sum + count, 0);
}
