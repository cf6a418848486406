import { createMetrics } from '@hybridge/observability';
import { type Comparison, DIFFERENCES } from '@hybridge/verify';

export type InspectorMetrics = ReturnType<typeof createInspectorMetrics>;

export function createInspectorMetrics() {
  const all = createMetrics('inspector');
  const compared = all.counter('compared_total', 'Keys held against SQL', ['view']);
  const differences = all.gauge('differences', 'Confirmed differences of the last comparison', ['view', 'class']);
  const pending = all.gauge('pending_items', 'Items that waited for an answer at the last comparison', ['view']);
  const quarantined = all.gauge('quarantined_items', 'Rows that cannot be stored, at the last comparison', ['view']);
  const untold = all.gauge('untold_items', 'Items that a fan-out job had still to tell at the last comparison', [
    'view',
  ]);
  return {
    all,
    sweeps: all.counter('sweeps_total', 'Items whose pending changes were sent again'),
    failures: all.counter('failures_total', 'Rounds that ended early; the next one begins anew', ['round']),
    record({ view, compared: keys, counts }: Comparison): void {
      compared.inc({ view }, keys);
      for (const name of DIFFERENCES) differences.set({ view, class: name }, counts[name]);
      pending.set({ view }, counts.pending);
      quarantined.set({ view }, counts.quarantined);
      untold.set({ view }, counts['fan-out']);
    },
  };
}
