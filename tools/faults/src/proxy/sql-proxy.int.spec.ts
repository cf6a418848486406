import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { createRandom } from '@hybridge/load';
import { createSqlMessageReader } from './sql-messages.ts';
import { Cut, type SqlProxy, createSqlProxy, cuts } from './sql-proxy.ts';

const frame = (type: string, body: string): Buffer => {
  const bytes = Buffer.from(`${type}\0\0\0\0${body}`);
  bytes.writeUInt32BE(bytes.length - type.length, type.length);
  return bytes;
};

/** Stands in for PostgreSQL: remembers the queries, and answers each. */
let server: Server;
const queries: string[] = [];
let proxy: SqlProxy;

beforeAll(async () => {
  server = createServer((socket) => {
    const read = createSqlMessageReader({ startup: true });
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const { type, bytes } of read(chunk)) {
        if (type === 'Q') queries.push(bytes.toString('utf8', 5, bytes.length - 1));
        socket.write(Buffer.concat([frame('C', 'done\0'), frame('Z', 'I')]));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  proxy = await createSqlProxy({ target: { host: '127.0.0.1', port }, random: createRandom(3) });
});

afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]();
  server?.close();
});

async function open({ port } = proxy): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  socket.write(frame('', 'startup'));
  await once(socket, 'data');
  return socket;
}

/** Whether the query was answered; else the connection broke. */
async function ask(socket: Socket, query: string): Promise<boolean> {
  const answered = once(socket, 'data').then(() => true);
  const broken = once(socket, 'close').then(() => false);
  socket.write(frame('Q', `${query}\0`));
  const isAnswered = await Promise.race([answered.catch(() => false), broken]);
  if (isAnswered) socket.destroy();
  return isAnswered;
}

describe('the proxy in front of PostgreSQL', () => {
  it('passes everything on until it is told otherwise', async () => {
    expect(await ask(await open(), 'COMMIT')).toBe(true);
    expect(queries.splice(0)).toEqual(['COMMIT']);
    expect(proxy.counts.size).toBe(0);
  });

  it('breaks connections at COMMIT, before, in the middle of it, after or while the server carries it out', async () => {
    proxy.cutCommits(100);
    const outcomes = await Promise.all(Array.from({ length: 60 }, async () => ask(await open(), 'COMMIT')));
    expect(outcomes).not.toContain(true);
    const { counts } = proxy;
    expect([...counts.keys()].toSorted()).toEqual(['after', 'before', 'half', 'meanwhile']);
    const arrived = (counts.get('after') ?? 0) + (counts.get('meanwhile') ?? 0);
    while (queries.length < arrived) await new Promise((resolve) => setImmediate(resolve));
    expect(queries.splice(0)).toHaveLength(arrived);
  });

  it.each(cuts)('breaks only the next COMMIT when told so: %s', async (cut) => {
    await using other = await createSqlProxy({
      target: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    });
    other.cutNext(cut);
    expect(await ask(await open(other), 'COMMIT')).toBe(false);
    expect(await ask(await open(other), 'COMMIT')).toBe(true);
    expect([...other.counts]).toEqual([[cut, 1]]);
    const arrived = cut === Cut.before || cut === Cut.half ? 1 : 2;
    while (queries.length < arrived) await new Promise((resolve) => setImmediate(resolve));
    expect(queries.splice(0)).toEqual(Array(arrived).fill('COMMIT'));
  });

  it('lets everything else pass meanwhile', async () => {
    expect(await ask(await open(), 'UPDATE t SET a = 1')).toBe(true);
    expect(queries.splice(0)).toEqual(['UPDATE t SET a = 1']);
  });
});
