import { buckets, parseMetrics, quantile, scrape, total } from './scrape.ts';

const exposition = [
  '# HELP projector_changes_total Row changes',
  '# TYPE projector_changes_total counter',
  'projector_changes_total{view="orders",outcome="applied"} 7',
  'projector_changes_total{view="products",outcome="stale"} 2',
  'projector_changes_total_other 100',
  'seconds_bucket{le="0.1"} 2',
  'seconds_bucket{le="0.2"} 6',
  'seconds_bucket{le="+Inf"} 8',
].join('\n');

describe('metrics of an app', () => {
  const samples = parseMetrics(exposition);

  it('are added up over their labels, and over nothing else', () => {
    expect(total(samples, 'projector_changes_total')).toBe(9);
    expect(total(samples, 'nothing')).toBe(0);
  });

  it('give quantiles of what came since the scrape before', () => {
    const now = buckets(samples, 'seconds');
    const before = new Map([
      [0.1, 2],
      [0.2, 2],
      [Infinity, 2],
    ]);
    expect(quantile(0.5, now, before)).toBeCloseTo(0.175); // the third of four observations in 0.1 … 0.2
    expect(quantile(0.99, now, before)).toBe(0.2); // beyond the last bound: at least that
    expect(quantile(0.5, now, now)).toBeUndefined();
    expect(quantile(0.25, now, new Map())).toBeCloseTo(0.1);
  });

  it('are empty while the app does not answer', async () => {
    expect((await scrape('http://127.0.0.1:1/metrics')).size).toBe(0);
  });
});
