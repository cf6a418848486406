/** Counts the statements clients send to PostgreSQL, from outside both: a relay that reads along. */
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

export interface StatementCounter extends AsyncDisposable {
  readonly port: number;
  /** When each statement passed, milliseconds of `performance.now()`, since the last call. */
  take(): readonly number[];
}

export async function startStatementCounter(target: {
  readonly host: string;
  readonly port: number;
}): Promise<StatementCounter> {
  let times: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = connect(target);
    const count = createStatementReader(() => times.push(performance.now()));
    client.on('data', count);
    client.pipe(database).pipe(client);
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.once('close', () => sockets.delete(one));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    take: () => {
      const taken = times;
      times = [];
      return taken;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Length of a message, itself included, is in four bytes; before it, but for the first message, one byte of its type. */
const LENGTH_BYTES = 4;
/** A statement begins its work with Execute, or with Query when it has no parameters. */
const STATEMENTS: ReadonlySet<string> = new Set(['E', 'Q']);

/**
 * Reads what a client sends, in pieces of any size. Only without TLS.
 * @returns takes the next piece
 */
export function createStatementReader(onStatement: () => void): (piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let typeBytes = 0; // the first message of a connection has no type
  return (piece) => {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    while (rest.length >= typeBytes + LENGTH_BYTES) {
      const end = typeBytes + rest.readUInt32BE(typeBytes);
      if (rest.length < end) return;
      if (typeBytes > 0 && STATEMENTS.has(String.fromCharCode(rest[0] ?? 0))) onStatement();
      rest = rest.subarray(end);
      typeBytes = 1;
    }
  };
}

/** Most of the times that lie within one window of this length, wherever it begins. @param times ascending */
export function mostWithin(times: readonly number[], windowMs: number): number {
  let first = 0;
  return times.reduce((most, time, i) => {
    while (time - (times[first] ?? time) >= windowMs) first++;
    return Math.max(most, i - first + 1);
  }, 0);
}
