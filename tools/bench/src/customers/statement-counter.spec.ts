import { createStatementReader, mostWithin } from './statement-counter.ts';

const message = (type: string, body: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + Buffer.byteLength(body));
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
};

/** What a driver sends: the start without a type, one statement with parameters, one without. */
const conversation = Buffer.concat([
  message('', 'user shop'),
  message('p', 'EQE'),
  message('P', 'select 1'),
  message('B', ''),
  message('D', 'P'),
  message('E', ''),
  message('S', ''),
  message('Q', 'select 2'),
  message('X', ''),
]);

describe('createStatementReader', () => {
  it.each([conversation.length, 1, 3, 7])('counts statements in pieces of %d bytes', (size) => {
    let statements = 0;
    const read = createStatementReader(() => statements++);
    for (let start = 0; start < conversation.length; start += size) read(conversation.subarray(start, start + size));
    expect(statements).toBe(2);
  });
});

describe('mostWithin', () => {
  it('looks at every window, not at whole seconds only', () => {
    expect(mostWithin([0, 900, 950, 1_000, 1_050, 1_899, 3_000], 1_000)).toBe(5);
  });

  it('leaves out what is a whole window away', () => {
    expect(mostWithin([0, 1_000, 2_000], 1_000)).toBe(1);
    expect(mostWithin([], 1_000)).toBe(0);
  });
});
