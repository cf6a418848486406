import { type AppName, type Loop, pollUntil, scrape, total } from '@hybridge/local-stack';
import type { Random } from '@hybridge/load';

/** What shows that an app is at work again. */
const WORK: Readonly<Partial<Record<AppName, string>>> = {
  projector: 'projector_records_total',
  'stream-pipe': 'stream_pipe_records_total',
  writeback: 'writeback_changes_total',
  'view-api': 'view_api_requests_total',
};

const PATIENCE_MS = 60_000;
/** Longest time an app works before it is killed. */
const MAX_WORK_MS = 1_500;

export interface KillPlan {
  readonly app: AppName;
  readonly kills: number;
  readonly random: Random;
  readonly onKill: (count: number) => void;
}

/** Kills an app with SIGKILL while it is at work, at random moments, and starts it again each time. */
export async function killRepeatedly(loop: Loop, { app, kills, random, onKill }: KillPlan): Promise<void> {
  for (let count = 1; count <= kills; count++) {
    await isAtWork(loop, app);
    await new Promise((resolve) => setTimeout(resolve, random.roll(MAX_WORK_MS)));
    await loop.apps.kill(app);
    await loop.apps.start(app);
    onKill(count);
  }
}

/** Its counters begin at zero, so any work was done by this process. @throws when it does not begin to work */
async function isAtWork(loop: Loop, app: AppName): Promise<void> {
  const metric = WORK[app] ?? '';
  const worked = async (): Promise<boolean> =>
    total(await scrape(`${loop.apps.operationsUrl(app)}/metrics`), metric) > 0;
  if (await pollUntil(worked, { timeoutMs: PATIENCE_MS })) return;
  throw new Error(`${app} does not work within ${PATIENCE_MS / 1000} s after its start.`);
}
