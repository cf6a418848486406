/** An HTTP proxy on the loopback interface that reads whole calls and lets its owner decide what becomes of each. */
import { once } from 'node:events';
import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  createServer,
  request as startRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A call in AWS's JSON protocol. */
export interface Call {
  /** Such as `UpdateItem`. */
  readonly operation: string;
  readonly body: Buffer;
  /** Carries the call out, with this body. @throws when the target breaks the connection, or the caller has gone */
  send(body: Buffer): Promise<Answer>;
}

export interface HttpProxyOptions {
  /** Such as `http://127.0.0.1:8000`. It need not run yet. */
  readonly target: string;
  /** @returns undefined to break the connection */
  readonly handle: (call: Call) => Promise<Answer | undefined>;
}

export interface HttpProxy extends AsyncDisposable {
  readonly endpoint: string;
}

const MAX_CONNECTIONS = 1_000;

export async function createHttpProxy({ target, handle }: HttpProxyOptions): Promise<HttpProxy> {
  const agent = new Agent({ keepAlive: true });
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort(); // else a long poll of a killed process would go on taking messages
    });
    const answer = await handle({
      operation: String(incoming.headers['x-amz-target']).split('.').at(-1) as string,
      body: await buffer(incoming),
      send: (body) => forward(incoming, body, { target, agent, signal: gone.signal }),
    });
    if (answer === undefined) response.destroy();
    else response.writeHead(answer.status, answerHeaders(answer)).end(answer.body);
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy()); // the target itself broke the connection
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, 'close');
    },
  };
}

export type JsonObject = { readonly [name: string]: unknown };

export const readJson = (body: Buffer): JsonObject => JSON.parse(body.toString()) as JsonObject;

/** The same answer with another body. */
export const withJson = (answer: Answer, body: JsonObject): Answer => ({
  ...answer,
  body: Buffer.from(JSON.stringify(body)),
});

interface Route {
  readonly target: string;
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

function forward(
  { method = 'POST', url = '/', headers }: IncomingMessage,
  body: Buffer,
  { target, agent, signal }: Route,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = startRequest(new URL(url, target), {
      method,
      agent,
      signal,
      headers: { ...headers, 'content-length': body.length, connection: 'keep-alive' },
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      buffer(response).then(
        (answered) => resolve({ status: response.statusCode ?? 500, headers: response.headers, body: answered }),
        reject,
      );
    });
    outgoing.end(body);
  });
}

/** The length and the checksum of a changed body are others. */
function answerHeaders({ headers, body }: Answer): IncomingHttpHeaders {
  const { 'x-amz-crc32': _checksum, 'transfer-encoding': _encoding, connection: _connection, ...kept } = headers;
  return { ...kept, 'content-length': String(body.length) };
}
