import { createMetrics } from './metrics.ts';
import { serveOperations } from './operations-server.ts';

describe('the operations server', () => {
  it('serves metrics under the name of the app', async () => {
    const metrics = createMetrics('stream-pipe', { process: false });
    metrics.counter('events_total', 'Events', ['detail_type']).inc({ detail_type: 'OrderPlaced' }, 2);
    await using server = await serveOperations({ port: 0, metrics });
    const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('stream_pipe_events_total{detail_type="OrderPlaced"} 2');
  });

  it('tells health, and what is wrong', async () => {
    const problems: string[] = [];
    const metrics = createMetrics('projector', { process: false });
    await using server = await serveOperations({ port: 0, metrics, problems: () => problems });
    const health = () => fetch(`http://127.0.0.1:${server.port}/health`);
    expect((await health()).status).toBe(200);
    problems.push('orders[0] halted');
    const sick = await health();
    expect(sick.status).toBe(503);
    expect(await sick.json()).toEqual({ app: 'projector', healthy: false, problems: ['orders[0] halted'] });
    expect((await fetch(`http://127.0.0.1:${server.port}/other`)).status).toBe(404);
  });

  it('tells notes, which are no problems', async () => {
    const metrics = createMetrics('projector', { process: false });
    await using server = await serveOperations({ port: 0, metrics, notes: () => ['loads the table'] });
    const health = await fetch(`http://127.0.0.1:${server.port}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toEqual({ app: 'projector', healthy: true, problems: [], notes: ['loads the table'] });
  });

  it('fails to start on a port in use', async () => {
    const metrics = createMetrics('a', { process: false });
    await using first = await serveOperations({ port: 0, metrics });
    await expect(serveOperations({ port: first.port, metrics })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
