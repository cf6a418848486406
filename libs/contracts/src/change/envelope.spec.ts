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

describe('events captured from MariaDB', () => {
  it('reads an insert: file and position of the binlog, the GTID as transaction, the database as schema', () => {
    const event = parseChangeEvent(valueOf('mariadb/insert.json'));
    expect(event).toMatchObject({ op: 'c', table: 'shop.customers', before: undefined, transaction: '0-101-10' });
    expect(event.position).toEqual({ major: 1n, minor: 3441n });
    expect(event.after).toMatchObject({ email: 'cat2@example.test', prefs: '{"a":[1,2]}' });
    expect(event.committedAt).toBe(1795360886000);
  });

  it('reads both images of an update, a delete, and a changed key as a delete and an insert', () => {
    const update = parseChangeEvent(valueOf('mariadb/update-full-identity.json'));
    expect([update.before?.['price'], update.after?.['price']]).toEqual(['B88=', 'CAI=']);
    expect(parseChangeEvent(valueOf('mariadb/delete.json'))).toMatchObject({ op: 'd', after: undefined });
    const moved = ['delete', 'insert'].map((half) => parseChangeEvent(valueOf(`mariadb/pkchange-${half}.json`)));
    expect(moved.map(({ op, position }) => [op, position.minor])).toEqual([
      ['d', 5605n],
      ['c', 5605n],
    ]);
  });

  it('gives rows of a snapshot neither position nor transaction, and a truncate both', () => {
    const nowhere = { op: 'r', position: { major: 0n, minor: 0n }, transaction: undefined };
    expect(parseChangeEvent(valueOf('mariadb/snapshot-read.json'))).toMatchObject(nowhere);
    const somewhere = { op: 't', position: { major: 1n, minor: 5284n }, transaction: '0-101-14' };
    expect(parseChangeEvent(valueOf('mariadb/truncate.json'))).toMatchObject(somewhere);
  });

  it('finds positions in commit order along every captured topic', () => {
    const lines = readFileSync(join(captured, 'mariadb/stream.ndjson'), 'utf8').trim().split('\n');
    const topics = new Map<string, bigint[]>();
    for (const line of lines) {
      const { topic, value } = JSON.parse(line) as { topic: string; value: { op?: string } | null };
      if (value?.op === undefined || value.op === 'r') continue;
      topics.set(topic, [...(topics.get(topic) ?? []), parseChangeEvent(JSON.stringify(value)).position.minor]);
    }
    expect(topics.size).toBeGreaterThan(2);
    for (const positions of topics.values()) {
      expect(positions).toEqual([...positions].sort((a, b) => Number(a - b)));
    }
  });

  it.each(['transaction-begin', 'tombstone', 'schema-change'])('refuses %s, which is no row change', (name) => {
    expect(() => parseChangeEvent(valueOf(`mariadb/${name}.json`))).toThrow(malformed);
  });
});

describe('the place in a binlog', () => {
  const text = (source: object, op = 'u'): string =>
    JSON.stringify({
      op,
      after: { id: 1 },
      source: {
        connector: 'mysql',
        db: 'shop',
        table: 't',
        ts_ms: 5,
        file: 'log.with.dots.1000007',
        pos: 4,
        ...source,
      },
    });
  const GTID = '3e11fa47-71ca-11e1-9e33-c80aa9429562:23';

  it('counts files beyond six digits, and takes the GTID of MySQL as it is', () => {
    const event = parseChangeEvent(text({ gtid: GTID }));
    expect(event).toMatchObject({ table: 'shop.t', position: { major: 1000007n, minor: 4n }, transaction: GTID });
  });

  it('is newer in the next file, whatever the position', () => {
    const of = (file: string, pos: number) => parseChangeEvent(text({ gtid: GTID, file, pos })).position;
    expect(of('binlog.000010', 4).major).toBeGreaterThan(of('binlog.000009', 999_999_999).major);
  });

  it.each([
    ['no file', { file: null }, /mysql needs source.file[^]*but they are missing and 4/],
    ['a file without number', { file: 'binlog' }, /but they are binlog and 4/],
    ['no position', { pos: null }, /but they are log.with.dots.1000007 and missing/],
    ['a position that is no number', { pos: '4' }, /at source.pos/],
    ['position 0', { pos: 0 }, /source.pos is 0. On MariaDB 11.4 and newer set binlog_legacy_event_pos=ON/],
    ['a position below 0', { pos: -31 }, /source.pos is -31/],
    ['a file that is no text', { file: 7 }, /at source.file/],
    ['a GTID that is no text', { gtid: 7 }, /at source.gtid/],
    ['no GTID', { gtid: null }, /needs source.gtid, which is missing[^]*Set gtid_mode=ON/],
    ['no GTID of MariaDB', { connector: 'mariadb', gtid: '' }, /needs source.gtid[^]*MariaDB 10.0.2/],
    ['an unknown connector', { connector: 'oracle' }, /connector "oracle"; there are postgresql, mariadb, mysql/],
  ])('is refused with %s', (_, source, message) => {
    expect(() => parseChangeEvent(text({ gtid: GTID, ...source }))).toThrow(malformed);
    expect(() => parseChangeEvent(text({ gtid: GTID, ...source }))).toThrow(message);
  });

  it('is asked of no row of a snapshot', () => {
    expect(parseChangeEvent(text({ file: null, gtid: null }, 'r'))).toMatchObject({ transaction: undefined });
  });
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
    'source.file': [1, {}],
    'source.pos': ['2', 2.5, false],
    'source.gtid': [1, {}],
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
