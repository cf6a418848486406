import { countRows } from '@hybridge/load';
import { catalog } from '@hybridge/definitions';
import { type Loop, type Samples, scrape } from '@hybridge/local-stack';

export interface FirstLoad {
  /** Rows of all tables with a view. */
  readonly expected: number;
  readonly loaded: number;
}

const POLL_MS = 500;

/** Of the views that have a row of their own for each: hidden ones have the rows of others once more. */
const changesOf = (samples: Samples): number =>
  [...samples].reduce(
    (sum, [name, count]) => sum + (catalog.views.some((view) => isOf(view.name, name)) ? count : 0),
    0,
  );

const isOf = (view: string, sample: string): boolean =>
  sample.startsWith('projector_changes_total{') && sample.includes(`view="${view}"`);

/** Waits until the snapshots of all connectors have reached the views. @throws the signal's reason */
export async function awaitFirstLoad(
  loop: Loop,
  onProgress: (progress: FirstLoad) => void,
  signal: AbortSignal,
): Promise<FirstLoad> {
  const expected = await countRows(loop.provisioned.sources);
  for (;;) {
    const samples = await scrape(`${loop.apps.operationsUrl('projector')}/metrics`);
    const loaded = Math.min(expected, changesOf(samples));
    onProgress({ expected, loaded });
    if (loaded >= expected) return { expected, loaded };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    signal.throwIfAborted();
  }
}
