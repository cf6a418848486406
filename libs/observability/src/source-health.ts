import type { Metrics } from './metrics.ts';

/** Which source databases answer, as far as this process has noticed: for `/health` and the metrics. */
export interface SourceHealth {
  /** Says whether a source answered. */
  note(source: string, answers: boolean): void;
  /** A sentence for each source that does not answer: the others are served meanwhile, so it is no problem of the app. */
  notes(): readonly string[];
}

/** Adds `source_down` to the metrics. @param sources by name; all are taken to answer at first */
export function createSourceHealth(metrics: Metrics, sources: readonly string[]): SourceHealth {
  const gauge = metrics.gauge('source_down', '1 while a source database does not answer', ['source']);
  const down = new Set<string>();
  for (const source of sources) gauge.set({ source }, 0);
  return {
    note(source, answers) {
      if (answers) down.delete(source);
      else down.add(source);
      gauge.set({ source }, answers ? 0 : 1);
    },
    notes: () => [...down].map((source) => `source ${source} does not answer`),
  };
}
