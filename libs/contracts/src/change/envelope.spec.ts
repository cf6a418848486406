import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ContractError } from '../errors.ts';
import { parseChangeEvent } from './envelope.ts';

const captured = join(__dirname, '../../fixtures/captured');

/** The value of a captured Kafka record, as text. */
const valueOf = (name: string): string =>
  JSON.stringify((JSON.parse(readFileSync(join(captured, name), 'utf8')) as { value: unknown }).value);

const malformed = expect.objectContaining({
  name: ContractError.name,
  code: 'HYBRIDGE_CONTRACT_CHANGE_MALFORMED',
  retry: 'permanent',
});

describe('events captured from Debezium', () => {
  it('reads an insert', () => {
    const event = parseChangeEvent(valueOf('postgresql/insert.json'));
    expect(event).toMatchObject({ op: 'c', table: 'public.customers', before: undefined });
    expect(event.position.minor).toBeGreaterThan(0n);
    expect(event.transaction).toMatch(/^\d+$/);
    expect(new Date(event.committedAt).getUTCFullYear()).toBe(2026);
  });

  it('reads both images of an update with full replica identity', () => {
    const event = parseChangeEvent(valueOf('postgresql/update-full-identity.json'));
    expect([String(event.before?.['name']), String(event.after?.['name'])]).toEqual(['F', 'FF']);
    expect(event.position).toEqual({ major: 1066393304n, minor: 1066393304n });
    expect(event.transaction).toBe('204667');
  });

  it('reads an update without image of the row before', () => {
    expect(parseChangeEvent(valueOf('postgresql/update.json'))).toMatchObject({ op: 'u', before: undefined });
  });

  it('reads a delete: no row after, the key in the row before', () => {
    const event = parseChangeEvent(valueOf('postgresql/delete.json'));
    expect(event).toMatchObject({ op: 'd', after: undefined });
    expect(String(event.before?.['id'])).toBe('5');
  });

  it('reads a changed primary key as a delete and an insert', () => {
    expect(parseChangeEvent(valueOf('postgresql/pkchange-delete.json')).op).toBe('d');
    expect(parseChangeEvent(valueOf('postgresql/pkchange-insert.json')).op).toBe('c');
  });

  it('gives rows of a snapshot neither position nor transaction', () => {
    const event = parseChangeEvent(valueOf('postgresql/snapshot-read.json'));
    expect(event).toMatchObject({ op: 'r', position: { major: 0n, minor: 0n }, transaction: undefined });
  });

  it('reads a truncate', () => {
    expect(parseChangeEvent(valueOf('postgresql/truncate.json'))).toMatchObject({
      op: 't',
      before: undefined,
      after: undefined,
    });
  });

  it('finds positions in commit order along a whole captured stream', () => {
    const lines = readFileSync(join(captured, 'postgresql/stream.ndjson'), 'utf8').trim().split('\n');
    const values = lines
      .map((line) => JSON.parse(line) as { topic: string; value: { op?: string } | null })
      .filter(
        ({ topic, value }) =>
          !topic.endsWith('.transaction') && value?.op !== undefined && value.op !== 'r' && value.op !== 'm',
      )
      .map(({ value }) => parseChangeEvent(JSON.stringify(value)).position);
    expect(values.length).toBeGreaterThan(3);
    const sorted = [...values].sort((a, b) => Number(a.major - b.major) || Number(a.minor - b.minor));
    expect(values).toEqual(sorted);
  });

  it.each(readdirSync(join(captured, 'postgresql')).filter((name) => /transaction-begin|message|tombstone/.test(name)))(
    'refuses %s, which is no row change',
    (name) => {
      expect(() => parseChangeEvent(valueOf(`postgresql/${name}`))).toThrow(malformed);
    },
  );
});

describe('parseChangeEvent', () => {
  const text = (source: object, rest: object = {}): string =>
    JSON.stringify({
      op: 'u',
      after: { id: 1 },
      source: { connector: 'postgresql', schema: 'public', db: 'shop', table: 't', ts_ms: 5, txId: 7, ...source },
      ...rest,
    });

  it('keeps every digit of a number', () => {
    const value = text({ sequence: '["1","2"]' }).replace('"id":1', '"id":9007199254740993');
    expect(String(parseChangeEvent(value).after?.['id'])).toBe('9007199254740993');
  });

  it('reads the first streamed transaction after a snapshot, which knows no commit before it', () => {
    expect(parseChangeEvent(text({ sequence: '[null,"26967192"]' })).position).toEqual({ major: 0n, minor: 26967192n });
  });

  it('reads positions above 2^53', () => {
    expect(parseChangeEvent(text({ sequence: '["18446744073709551615","9007199254740993"]' })).position).toEqual({
      major: 18446744073709551615n,
      minor: 9007199254740993n,
    });
  });

  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['an unknown operation', text({ sequence: '["1","2"]' }, { op: 'x' })],
    ['a row that is a list', text({ sequence: '["1","2"]' }, { after: [1] })],
    ['no position', text({})],
    ['half a position', text({ sequence: '["1"]' })],
    ['a position that is no JSON', text({ sequence: '1,2' })],
    ['a position that is no number', text({ sequence: '["a","b"]' })],
    ['no commit time', text({ ts_ms: 'soon', sequence: '["1","2"]' })],
  ])('refuses %s', (_, value) => {
    expect(() => parseChangeEvent(value)).toThrow(malformed);
  });
});

describe('every field', () => {
  const event = { op: 'u', before: null, after: { id: 1 }, source: {} };
  const source = {
    ...{ connector: 'postgresql', schema: 'public', db: 'shop', table: 't', snapshot: 'false' },
    ...{ sequence: '["1","2"]', ts_ms: 5, txId: 7, lsn: 2 },
  };
  const wrong: Record<string, readonly unknown[]> = {
    op: ['x', '', null, 1, ['u'], {}],
    before: ['row', 1, true, [1]],
    after: ['row', 1, true, [1]],
    source: ['source', 1, null, [1]],
    'source.connector': [1, null, {}, undefined],
    'source.schema': [1, true, {}],
    'source.db': [1, null, undefined],
    'source.table': [1, null, undefined, ['t']],
    'source.snapshot': [1, {}],
    'source.sequence': [1, true, ['1', '2']],
    'source.ts_ms': ['5', 5.5, null, undefined, true],
    'source.txId': ['7', 7.5, true, {}],
    'source.lsn': ['2', 2.5, false],
  };
  /** The event with one field changed; with `forced`, a number that makes it be parsed losslessly. */
  const textWith = (path: string, value: unknown, forced: boolean): string => {
    const [field = '', inner] = path.split('.');
    const changed =
      inner === undefined ? { ...event, source, [field]: value } : { ...event, source: { ...source, [inner]: value } };
    const json = JSON.stringify(changed);
    return forced ? json.replace(/}$/, ',"forced":12345678901234567890}') : json;
  };
  const cases = Object.entries(wrong).flatMap(([path, values]) => values.map((value) => [path, value] as const));

  it.each(cases)('%s must not be %j, and the message says where', (path, value) => {
    for (const forced of [false, true]) {
      expect(() => parseChangeEvent(textWith(path, value, forced))).toThrow(malformed);
      expect(() => parseChangeEvent(textWith(path, value, forced))).toThrow(`at ${path}`);
    }
  });

  it.each([
    ...[
      ['before', null],
      ['before', undefined],
      ['source.schema', null],
      ['source.schema', undefined],
    ],
    ...[
      ['source.snapshot', true],
      ['source.snapshot', null],
      ['source.txId', null],
      ['source.lsn', null],
      ['unknown', [1]],
    ],
  ] as const)('%s may be %j', (path, value) => {
    const natively = parseChangeEvent(textWith(path, value, false));
    expect(natively).toMatchObject({ op: 'u', after: { id: 1 }, committedAt: 5 });
    expect(parseChangeEvent(textWith(path, value, true))).toMatchObject({ table: natively.table, committedAt: 5 });
  });

  it('keeps long numbers of the row although it has Debezium\u2019s own beside it', () => {
    const own = '"ts_us":1795363634765758,"ts_ns":1795363634765758000';
    const value = (after: string): string =>
      textWith('x', 1, false)
        .replace('{"id":1}', after)
        .replace('"ts_ms":5', `"ts_ms":5,${own}`)
        .replace(/}$/, `,${own}}`);
    expect(parseChangeEvent(value('{"id":1}')).after).toEqual({ id: 1 });
    for (const name of ['id', 'ts_us', 'ts_ns']) {
      const { after } = parseChangeEvent(value(`{"${name}":9007199254740993}`));
      expect(String(after?.[name])).toBe('9007199254740993');
    }
    const short = textWith('ts_us', 5, false).replace('{"id":1}', '{"id":9007199254740993}');
    expect(String(parseChangeEvent(short).after?.['id'])).toBe('9007199254740993');
  });
});
