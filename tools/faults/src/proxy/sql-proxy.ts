/** A proxy in front of PostgreSQL that breaks connections at COMMIT. */
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { type Random, createRandom } from '@hybridge/load';
import { type SqlMessage, asksForCommit, createSqlMessageReader, isReadyForQuery } from './sql-messages.ts';

/** Where the connection breaks. */
export const Cut = {
  /** The server never hears of the COMMIT, and rolls back. */
  before: 'before',
  /** A part of the COMMIT arrives, and the server rolls back. */
  half: 'half',
  /** The server has committed; the client never hears of it. */
  after: 'after',
  /** The server is asked to commit while its client goes away and tries again elsewhere. */
  meanwhile: 'meanwhile',
} as const;
export type Cut = (typeof Cut)[keyof typeof Cut];

export const cuts: readonly Cut[] = Object.values(Cut);

export interface SqlProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections that were broken. */
  readonly counts: ReadonlyMap<Cut, number>;
  /** The next COMMIT meets this cut, whatever the percentage. */
  cutNext(cut: Cut): void;
  /** From now on so many percent of all COMMITs meet a cut; 0: none. */
  cutCommits(percent: number): void;
}

export interface SqlProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** Which COMMITs meet a cut, and which one; default the same in every run. */
  readonly random?: Random;
}

const MAX_CONNECTIONS = 200;
/** Of a COMMIT that arrives in part. */
const UNSENT_BYTES = 3;

/** For connections without TLS. The server need not run yet. */
export async function createSqlProxy({ target, random = createRandom(1) }: SqlProxyOptions): Promise<SqlProxy> {
  const counts = new Map<Cut, number>();
  const open = new Set<Socket>();
  let percent = 0;
  let next: Cut | undefined;
  const chooseCut = (): Cut | undefined => {
    const cut = next ?? (random.roll(100) < percent ? random.pick(cuts) : undefined);
    next = undefined;
    if (cut === undefined) return undefined;
    counts.set(cut, (counts.get(cut) ?? 0) + 1);
    return cut;
  };
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ ...target, noDelay: true });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    }
    join(client, upstream, chooseCut);
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    cutNext: (cut) => {
      next = cut;
    },
    cutCommits: (share) => {
      percent = share;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Passes everything on until one side ends, or a COMMIT meets a cut. */
function join(client: Socket, upstream: Socket, chooseCut: () => Cut | undefined): void {
  const cut = (): void => {
    client.destroy();
    upstream.destroy();
  };
  const readClient = createSqlMessageReader({ startup: true });
  /** Set between a COMMIT and its answer, when nobody may hear that answer. */
  let readServer: ReturnType<typeof createSqlMessageReader> | undefined;

  const pass = (message: SqlMessage): void => {
    switch (asksForCommit(message) ? chooseCut() : undefined) {
      case Cut.before:
        return cut();
      case Cut.half:
        upstream.end(message.bytes.subarray(0, -UNSENT_BYTES));
        return void client.destroy();
      case Cut.meanwhile:
        upstream.end(message.bytes);
        return void client.destroy();
      case Cut.after:
        readServer = createSqlMessageReader({ startup: false });
    }
    if (upstream.writable) upstream.write(message.bytes);
  };
  client.on('data', (chunk) => orElse(cut, () => readClient(chunk).forEach(pass)));
  // A client waits for each answer, so that one of the server's messages begins with the first bytes after the COMMIT.
  upstream.on('data', (chunk) =>
    orElse(cut, () => {
      if (readServer === undefined) return void client.write(chunk);
      if (readServer(chunk).some(isReadyForQuery)) cut();
    }),
  );
  client.on('end', () => upstream.end());
  upstream.on('end', () => client.end());
  client.on('error', cut);
  upstream.on('error', cut);
  client.on('close', () => readServer === undefined && upstream.end());
  upstream.on('close', () => client.destroy());
}

/** What cannot be read breaks its connection only. */
function orElse(cut: () => void, task: () => void): void {
  try {
    task();
  } catch {
    cut();
  }
}
