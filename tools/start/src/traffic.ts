import { createTraffic } from '@hybridge/load';
import type { Loop } from '@hybridge/local-stack';

/** Changes rows and items at this rate until the signal fires; nothing for rate 0. */
export async function runTraffic(loop: Loop, ratePerSecond: number, signal: AbortSignal): Promise<void> {
  if (ratePerSecond === 0) return;
  const traffic = await createTraffic({
    sqlUrl: loop.provisioned.sql.adminUrl,
    stockroomUrl: loop.provisioned.sources.find(({ kind }) => kind === 'mariadb')?.adminUrl,
    apiUrl: loop.apps.apiUrl,
    tokenFor: loop.apps.tokenFor,
    ratePerSecond,
  });
  signal.addEventListener('abort', () => void traffic.stop(), { once: true });
  await traffic.ended;
}
