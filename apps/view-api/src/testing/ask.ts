import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { tokenOf } from './local-tokens.ts';

export interface Ask {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string;
  /** Whose token to send: a subject, a whole token, or null for none. Default '42'. */
  readonly as?: string | null;
  readonly scope?: string;
}

export type Answer = Awaited<ReturnType<typeof ask>>;

/** Over a real connection: `inject` needs a package that jest cannot load. */
export async function ask(app: FastifyInstance, request: Ask | string) {
  const { method = 'GET', url, payload, ...more } = typeof request === 'string' ? { url: request } : request;
  const headers = await headersOf({ url, ...more });
  const response = await fetch(`${await addressOf(app)}${url}`, { method, headers, body: payload ?? null });
  const body = await response.text();
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers) as Readonly<Record<string, string>>,
    body,
    json: () => JSON.parse(body),
  };
}

export async function addressOf(app: FastifyInstance): Promise<string> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

export async function headersOf({ headers = {}, as = '42', scope }: Ask): Promise<Record<string, string>> {
  if (as === null) return { ...headers };
  const token = as.includes('.') ? as : await tokenOf(as, scope === undefined ? {} : { scope });
  return { authorization: `Bearer ${token}`, ...headers };
}
