import { countRows } from '@hybridge/load';
import { type Loop, scrape, total } from '@hybridge/local-stack';
import type { Client } from 'pg';

export interface FirstLoad {
  /** Rows of all tables with a view. */
  readonly expected: number;
  readonly loaded: number;
}

const POLL_MS = 500;

/** Waits until the connector's snapshot has reached the view. @throws the signal's reason */
export async function awaitFirstLoad(
  loop: Loop,
  sql: Client,
  onProgress: (progress: FirstLoad) => void,
  signal: AbortSignal,
): Promise<FirstLoad> {
  const expected = await countRows(sql);
  for (;;) {
    const samples = await scrape(`${loop.apps.operationsUrl('projector')}/metrics`);
    const loaded = Math.min(expected, total(samples, 'projector_changes_total'));
    onProgress({ expected, loaded });
    if (loaded >= expected) return { expected, loaded };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    signal.throwIfAborted();
  }
}
