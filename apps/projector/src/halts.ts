import type { Logger } from '@hybridge/observability';
import type { ProjectorMetrics } from './metrics.ts';

/** The partitions that cannot go on, for `/health`, the metrics and the log. */
export interface Halts {
  /** A partition halted, or, without a cause, goes on. */
  readonly note: (partition: string, cause: unknown) => void;
  readonly problems: () => string[];
}

export function createHalts(deps: { readonly metrics: ProjectorMetrics; readonly logger: Logger }): Halts {
  const halted = new Map<string, string>();
  return {
    note(partition, cause) {
      if (cause === undefined) {
        halted.delete(partition);
      } else {
        halted.set(partition, String(cause));
        deps.logger.error(
          { err: cause, partition },
          'partition halted; nothing behind this record is read until the cause is mended and the projector restarted',
        );
      }
      deps.metrics.halted.set(halted.size);
    },
    problems: () => [...halted].map(([partition, cause]) => `${partition}: ${cause}`),
  };
}
