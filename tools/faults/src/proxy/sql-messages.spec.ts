import { asksForCommit, createSqlMessageReader, isReadyForQuery } from './sql-messages.ts';

function message(type: string, body: string): Buffer {
  const bytes = Buffer.alloc(type.length + 4 + Buffer.byteLength(body));
  bytes.write(type);
  bytes.writeUInt32BE(4 + Buffer.byteLength(body), type.length);
  bytes.write(body, type.length + 4);
  return bytes;
}

describe('messages of a PostgreSQL connection', () => {
  const sent = [message('', 'startup'), message('Q', 'BEGIN\0'), message('Q', 'COMMIT\0')];

  it.each([1, 3, 7, 100])('are found wherever the stream is cut: every %i bytes', (size) => {
    const read = createSqlMessageReader({ startup: true });
    const stream = Buffer.concat(sent);
    const found = [];
    for (let at = 0; at < stream.length; at += size) found.push(...read(stream.subarray(at, at + size)));
    expect(found.map(({ type }) => type)).toEqual(['', 'Q', 'Q']);
    expect(Buffer.concat(found.map(({ bytes }) => bytes))).toEqual(stream);
    expect(found.map(asksForCommit)).toEqual([false, false, true]);
  });

  it.each([
    ['Q', 'commit;\0', true],
    ['P', 'name\0COMMIT\0\0\0', true],
    ['P', 'commit\0SELECT 1\0\0\0', false],
    ['Q', `UPDATE t SET a = 'COMMIT'\0`, false],
    ['Q', 'COMMITTED\0', false],
    ['B', 'COMMIT\0', false],
  ])('%s %j asks for COMMIT: %s', (type, body, expected) => {
    expect(asksForCommit({ type, bytes: message(type, body) })).toBe(expected);
  });

  it('tell when the server has answered', () => {
    const read = createSqlMessageReader({ startup: false });
    expect(read(message('C', 'COMMIT\0')).some(isReadyForQuery)).toBe(false);
    expect(read(message('Z', 'I')).some(isReadyForQuery)).toBe(true);
  });

  it('are not made of another protocol', () => {
    const read = createSqlMessageReader({ startup: false });
    expect(() => read(Buffer.from('GET / HTTP/1.1\r\n'))).toThrow(RangeError);
  });
});
