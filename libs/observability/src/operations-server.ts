import { type Server, createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

export interface OperationsServer extends AsyncDisposable {
  readonly port: number;
}

export interface OperationsOptions {
  /** 0 picks a free port. */
  readonly port: number;
  /** Default 127.0.0.1; containers set 0.0.0.0. */
  readonly host?: string;
  readonly metrics: Metrics;
  /** Empty when healthy, else what is wrong. */
  readonly problems?: () => readonly string[];
  /** What a person should know, and what is no problem; told beside them when there is any. */
  readonly notes?: () => readonly string[];
}

/** `GET /health` (200 or 503 with the problems) and `GET /metrics`. @throws when the port is taken */
export async function serveOperations(options: OperationsOptions): Promise<OperationsServer> {
  const server: Server = createServer((request, response) => {
    if (request.url === '/metrics') {
      void options.metrics.render().then((text) => {
        response.writeHead(200, { 'content-type': options.metrics.contentType }).end(text);
      });
      return;
    }
    if (request.url !== '/health') {
      response.writeHead(404).end();
      return;
    }
    const problems = options.problems?.() ?? [];
    response.writeHead(problems.length === 0 ? 200 : 503, { 'content-type': 'application/json' });
    const notes = options.notes?.() ?? [];
    const health = { app: options.metrics.app, healthy: problems.length === 0, problems };
    response.end(JSON.stringify(notes.length === 0 ? health : { ...health, notes }));
  });
  server.listen(options.port, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
