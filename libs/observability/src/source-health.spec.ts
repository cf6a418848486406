import { createMetrics } from './metrics.ts';
import { createSourceHealth } from './source-health.ts';

it('names the sources that do not answer, until they do', async () => {
  const metrics = createMetrics('app', { process: false });
  const health = createSourceHealth(metrics, ['shop', 'stock']);
  expect(health.notes()).toEqual([]);
  health.note('stock', false);
  health.note('stock', false);
  expect(health.notes()).toEqual(['source stock does not answer']);
  expect(await metrics.render()).toContain('app_source_down{source="stock"} 1');
  expect(await metrics.render()).toContain('app_source_down{source="shop"} 0');
  health.note('stock', true);
  expect(health.notes()).toEqual([]);
  expect(await metrics.render()).toContain('app_source_down{source="stock"} 0');
});
