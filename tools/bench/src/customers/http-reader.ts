import { Agent, get } from 'node:http';
import { type Contender, contenderOf } from './contender.ts';
import { type Order, orderFault } from './order.ts';

/** What answers over HTTP. */
export interface HttpTarget {
  readonly name: string;
  readonly ours: boolean;
  /** The order's id is put behind it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** Reads orders over connections that are kept open. */
export function httpContender(target: HttpTarget, orders: readonly Order[], connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const orderAt = (n: number): Order => orders[n % orders.length] as Order;
  const contender: Contender = contenderOf<HttpAnswer>(target.name, target.ours, {
    call: (n) => request(agent, `${target.url}${orderAt(n).id}`, target.headers),
    faultOf: (n, { status, text }) =>
      status === 200
        ? orderFault(orderAt(n), JSON.parse(text) as { [attribute: string]: unknown })
        : `call ${n}: ${status} ${text.slice(0, 200)}`,
  });
  return { contender, [Symbol.dispose]: () => agent.destroy() };
}

const request = (agent: Agent, url: string, headers: HttpTarget['headers']): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.once('error', reject);
    }).once('error', reject);
  });
