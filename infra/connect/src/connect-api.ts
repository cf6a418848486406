import { ConnectError } from './errors.ts';

/** States Kafka Connect reports; `UNASSIGNED` and `RESTARTING` pass by themselves. */
export type ConnectorState = 'RUNNING' | 'PAUSED' | 'STOPPED' | 'FAILED' | 'UNASSIGNED' | 'RESTARTING';

export interface ConnectorStatus {
  readonly connector: { readonly state: ConnectorState; readonly trace?: string };
  readonly tasks: readonly { readonly id: number; readonly state: ConnectorState; readonly trace?: string }[];
}

export interface ConnectAddress {
  /** Base URL of Kafka Connect's REST interface. */
  readonly connectUrl: string;
  /** Name of the connector. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
  /** Default the platform's. */
  readonly fetch?: typeof fetch;
}

export interface ConnectReply {
  readonly status: number;
  readonly body: unknown;
}

/** One request may take this long, milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The connector and its tasks as Kafka Connect sees them; undefined while it knows none of that name. */
export async function connectorStatus(address: ConnectAddress): Promise<ConnectorStatus | undefined> {
  const reply = await callConnect(address, 'GET', '/status');
  if (reply.status === 404) return undefined;
  if (reply.status === 200) return reply.body as ConnectorStatus;
  throw refused(address, reply);
}

/** @throws ConnectError `HYBRIDGE_CONNECT_UNREACHABLE` */
export async function callConnect(
  { connectUrl, name, signal, fetch: send = fetch }: ConnectAddress,
  method: string,
  path: string,
  body?: unknown,
): Promise<ConnectReply> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  try {
    const response = await send(`${connectUrl}/connectors/${encodeURIComponent(name)}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : parseOr(text) };
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ConnectError('HYBRIDGE_CONNECT_UNREACHABLE', `Kafka Connect does not answer at ${connectUrl}.`, {
      cause,
    });
  }
}

export function refused({ name }: ConnectAddress, { status, body }: ConnectReply): ConnectError {
  const message = (body as { message?: string } | undefined)?.message ?? JSON.stringify(body);
  return new ConnectError('HYBRIDGE_CONNECT_REFUSED', `Kafka Connect refused ${name} with ${status}: ${message}`);
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
