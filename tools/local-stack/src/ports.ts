/** Choosing and checking the ports of a stack before anything is started. */
import { createServer } from 'node:net';
import { PortName, components, portDescriptions } from './description.ts';
import type { ComponentName, Ports } from './description.ts';
import { loopback } from './endpoints.ts';
import { PortInUseError } from './errors.ts';
import { describePortHolder } from './port-holder.ts';

/** Below the range from which systems take the local ports of outgoing connections, which could occupy ours meanwhile. */
const freePortRange = { first: 20_000, count: 12_000 };
const attempts = 500;
const handedOut = new Set<number>();

/** A free port for each name; not handed out twice by this process. */
export async function findFreePorts(): Promise<Ports> {
  const entries: [PortName, number][] = [];
  for (const name of Object.values(PortName)) entries.push([name, await findFreePort()]);
  return Object.fromEntries(entries) as Ports;
}

/** @throws PortInUseError naming the first port of these components that cannot be bound, and who holds it. */
export async function assertPortsFree(names: readonly ComponentName[], ports: Ports): Promise<void> {
  for (const name of names.flatMap((component) => components[component].ports)) {
    const port = ports[name];
    if (await canListen(port)) continue;
    const { component, variable } = portDescriptions[name];
    const holder = describePortHolder(port);
    throw new PortInUseError({ title: components[component].title, port, variable, holder });
  }
}

/** One free port, below the range of outgoing connections; not handed out twice by this process. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = freePortRange.first + Math.floor(Math.random() * freePortRange.count);
    if (handedOut.has(port) || !(await canListen(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`no free port found in ${attempts} attempts from ${freePortRange.first} upwards`);
}

/** True when both loopback and all interfaces can be bound: some components can only listen on the latter. */
async function canListen(port: number): Promise<boolean> {
  return (await canBind(port, loopback)) && (await canBind(port, '0.0.0.0'));
}

function canBind(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
