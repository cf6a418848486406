import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/**
 * Where the connection is cut: nothing of COMMIT reaches the server · half of it does · the server commits and its
 * answer is lost · both ends are cut as soon as COMMIT is sent, so that nobody knows.
 */
export type Cut = 'never-sent' | 'half-sent' | 'answer-lost' | 'unknown';

export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** The next COMMIT is cut so; later ones pass. */
  arm(cut: Cut): void;
  /** How many COMMITs were cut. */
  readonly cuts: number;
}

/** As node-postgres sends it: a simple query. */
const COMMIT = Buffer.from('COMMIT\0');

/** A TCP proxy in front of PostgreSQL that cuts connections at COMMIT. */
export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let armed: Cut | undefined;
  let cuts = 0;

  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    const both = [client, upstream] as const;
    for (const socket of both) {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        for (const each of both) each.destroy();
      });
      socket.on('error', () => socket.destroy());
    }
    upstream.on('data', (chunk) => client.write(chunk));
    client.on('data', (chunk) => {
      if (armed === undefined || !chunk.includes(COMMIT)) return void upstream.write(chunk);
      const cut = armed;
      armed = undefined;
      cuts += 1;
      cutters[cut](client, upstream, chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    arm: (cut) => {
      armed = cut;
    },
    get cuts() {
      return cuts;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const cutters: { readonly [cut in Cut]: (client: Socket, upstream: Socket, commit: Buffer) => void } = {
  'never-sent': (client) => client.destroy(),
  'half-sent': (client, upstream, commit) => {
    upstream.write(commit.subarray(0, commit.length - 3), () => client.destroy());
  },
  'answer-lost': (client, upstream, commit) => {
    upstream.removeAllListeners('data');
    upstream.once('data', () => client.destroy());
    upstream.write(commit);
  },
  unknown: (client, upstream, commit) => {
    upstream.write(commit, () => client.destroy());
  },
};
