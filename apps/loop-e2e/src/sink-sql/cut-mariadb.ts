import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/**
 * Where a connection breaks: nothing of COMMIT reaches the server · a part of it does · the server commits and its answer
 * is lost · COMMIT is sent while its client goes away.
 */
export type MariadbCut = 'before' | 'half' | 'after' | 'meanwhile';

export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** The next COMMIT is cut so; later ones pass. */
  cutNext(cut: MariadbCut): void;
  readonly cuts: number;
}

/** A query of that text: three bytes of length, the number of the packet, the command, the text. */
const COMMIT = Buffer.concat([Buffer.from([7, 0, 0, 0, 3]), Buffer.from('COMMIT')]);
const UNSENT_BYTES = 3;

/** A TCP proxy in front of MariaDB that breaks connections at COMMIT. For connections without TLS. */
export async function cutConnectionsAtCommit(serverPort: number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let next: MariadbCut | undefined;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroySoon();
      });
    }
    upstream.on('data', (chunk) => client.write(chunk));
    client.on('data', (chunk) => {
      if (next === undefined || !chunk.includes(COMMIT)) return void upstream.write(chunk);
      cutters[next](client, upstream, chunk);
      next = undefined;
      cuts += 1;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cutNext: (cut) => {
      next = cut;
    },
    get cuts() {
      return cuts;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}

const cutters: { readonly [cut in MariadbCut]: (client: Socket, upstream: Socket, commit: Buffer) => void } = {
  before: (client) => client.destroy(),
  half: (client, upstream, commit) => {
    upstream.write(commit.subarray(0, -UNSENT_BYTES));
    client.destroy();
  },
  after: (client, upstream, commit) => {
    upstream.removeAllListeners('data');
    upstream.once('data', () => client.destroy());
    upstream.write(commit);
  },
  meanwhile: (client, upstream, commit) => {
    upstream.write(commit);
    client.destroy();
  },
};
