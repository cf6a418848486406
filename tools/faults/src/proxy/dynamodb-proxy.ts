/** A proxy in front of DynamoDB that throttles, fails and loses answers, as a seed decides. */
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
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@hybridge/load';
import { type Fault, type FaultPlan, chooseFault, nameOf } from './choose-fault.ts';
import { type JsonObject, withhold } from './withhold.ts';

export interface DynamoDbProxy extends AsyncDisposable {
  readonly endpoint: string;
  /** Calls that met a fault, by what happened; those of the first plan on. */
  readonly counts: ReadonlyMap<string, number>;
  /** From now on calls fail as the plan says; undefined: none does. */
  disturb(plan: FaultPlan | undefined): void;
}

export interface DynamoDbProxyOptions {
  /** Where DynamoDB answers, such as `http://127.0.0.1:8000`. It need not run yet. */
  readonly target: string;
  readonly random: Random;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Call {
  readonly operation: string;
  readonly body: Buffer;
  /** Carries the call out, with this body. */
  send(body: Buffer): Promise<Answer>;
}

export async function createDynamoDbProxy({ target, random }: DynamoDbProxyOptions): Promise<DynamoDbProxy> {
  const agent = new Agent({ keepAlive: true });
  const counts = new Map<string, number>();
  let disturbance: { readonly plan: FaultPlan; readonly since: number } | undefined;

  const faultOf = (operation: string): Fault => {
    if (disturbance === undefined) return { kind: 'none' };
    const fault = chooseFault(disturbance.plan, operation, random, performance.now() - disturbance.since);
    counts.set(nameOf(fault), (counts.get(nameOf(fault)) ?? 0) + 1);
    return fault;
  };
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call: Call = {
      operation: String(incoming.headers['x-amz-target']).split('.').at(-1) as string,
      body: await buffer(incoming),
      send: (body) => forward(incoming, body, { target, agent }),
    };
    const fault = faultOf(call.operation);
    if (disturbance !== undefined) await delay(random.roll(disturbance.plan.maxLatencyMs + 1));
    const answer = await answerOf(call, fault, random);
    if (answer === undefined) response.destroy();
    else response.writeHead(answer.status, answerHeaders(answer)).end(answer.body);
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy()); // DynamoDB itself broke the connection
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    disturb: (plan) => {
      disturbance = plan === undefined ? undefined : { plan, since: performance.now() };
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, 'close');
    },
  };
}

/** Undefined: the connection breaks. */
async function answerOf(call: Call, fault: Fault, random: Random): Promise<Answer | undefined> {
  switch (fault.kind) {
    case 'none':
      return call.send(call.body);
    case 'refused':
      return refusal(fault);
    case 'answer-lost':
      await call.send(call.body);
      return undefined;
    case 'never-sent':
      return undefined;
    case 'partial':
      return partialAnswer(call, random);
  }
}

const refusal = ({ status, code }: Fault & { readonly kind: 'refused' }): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: Buffer.from(JSON.stringify({ __type: code, message: 'refused by the fault proxy' })),
});

async function partialAnswer({ operation, body, send }: Call, random: Random): Promise<Answer> {
  const withheld = withhold(operation, JSON.parse(body.toString()) as JsonObject, random);
  if (withheld === undefined) return send(body);
  const answer = await send(Buffer.from(JSON.stringify(withheld.request)));
  if (answer.status !== 200) return answer;
  const completed = withheld.complete(JSON.parse(answer.body.toString()) as JsonObject);
  return { ...answer, body: Buffer.from(JSON.stringify(completed)) };
}

function forward(
  { method = 'POST', url = '/', headers }: IncomingMessage,
  body: Buffer,
  { target, agent }: { readonly target: string; readonly agent: Agent },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = startRequest(new URL(url, target), {
      method,
      agent,
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
