import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** A way to a server that a test can close and open again. */
export interface BreakableProxy extends AsyncDisposable {
  readonly port: number;
  /** Ends every connection and takes no more. */
  close(): void;
  open(): void;
}

export async function createBreakableProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<BreakableProxy> {
  const sockets = new Set<Socket>();
  let isClosed = false;
  const server = createServer((client) => {
    if (isClosed) return void client.destroy();
    const upstream = connect(target);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    isClosed = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    close,
    open: () => void (isClosed = false),
    async [Symbol.asyncDispose]() {
      close();
      server.close();
      await once(server, 'close');
    },
  };
}
