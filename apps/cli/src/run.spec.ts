import type { Actions } from './program.ts';
import { run } from './run.ts';

function terminal(environment: Record<string, string> = {}) {
  const lines = { out: [] as string[], err: [] as string[] };
  const out = (text: string): void => void lines.out.push(text);
  const err = (text: string): void => void lines.err.push(text);
  return { lines, out, err, environment, signal: new AbortController().signal };
}

async function parsed(line: string, code: 0 | 1 = 0) {
  const requests: [string, unknown][] = [];
  const noting = (name: string) => async (request: unknown) => {
    requests.push([name, request]);
    return code;
  };
  const actions = {
    verify: noting('verify'),
    repair: noting('repair'),
    parked: noting('parked'),
    release: noting('release'),
    status: noting('status'),
    explain: noting('explain'),
    init: noting('init'),
    doctor: noting('doctor'),
    describe: noting('describe'),
    plan: noting('plan'),
  } as unknown as Actions;
  const io = terminal();
  const ended = await run(line.split(' ').filter(Boolean), io, actions);
  return { requests, code: ended, ...io.lines };
}

describe('the command line', () => {
  it('reads every word of verify', async () => {
    const line =
      'verify products --from 1 --to 9,a --rate 200 --resume file.json --max-differences 5 --repair --values --json ' +
      '--sql-url postgres://db --table views --region eu-west-1 --dynamodb-endpoint http://localhost:8000';
    expect((await parsed(line)).requests).toEqual([
      [
        'verify',
        {
          views: ['products'],
          from: '1',
          to: '9,a',
          rate: 200,
          resume: 'file.json',
          maxDifferences: 5,
          repair: true,
          values: true,
          json: true,
          sqlUrl: ['postgres://db'],
          table: 'views',
          region: 'eu-west-1',
          dynamodbEndpoint: 'http://localhost:8000',
        },
      ],
    ]);
  });

  it('has a default for what is not said', async () => {
    expect((await parsed('verify')).requests).toEqual([
      ['verify', { views: [], maxDifferences: 100, repair: false, values: false, json: false }],
    ]);
    expect((await parsed('repair orders 7,a%2Cb')).requests).toEqual([
      ['repair', { view: 'orders', key: '7,a%2Cb', values: false, json: false }],
    ]);
    expect((await parsed('parked')).requests).toEqual([['parked', { json: false }]]);
    expect((await parsed('release orders 7 --json')).requests).toEqual([
      ['release', { view: 'orders', key: '7', values: false, json: true }],
    ]);
    expect((await parsed('explain orders 7 --values')).requests).toEqual([
      ['explain', { view: 'orders', key: '7', values: true, json: false }],
    ]);
    expect((await parsed('view describe')).requests).toEqual([['describe', {}]]);
    expect((await parsed('view plan --against old.json')).requests).toEqual([
      ['plan', { against: 'old.json', json: false }],
    ]);
    expect((await parsed('init --out src --sql-url a=postgres://a b=mariadb://b --table t')).requests).toEqual([
      ['init', { out: 'src', sqlUrl: ['a=postgres://a', 'b=mariadb://b'], table: ['t'], force: false, json: false }],
    ]);
    expect((await parsed('doctor --kafka a:1,b:2 --only sql kafka --skip-unchanged s.t')).requests).toEqual([
      ['doctor', { kafka: 'a:1,b:2', only: ['sql', 'kafka'], skipUnchanged: ['s.t'], json: false }],
    ]);
    expect((await parsed('status --app http://a http://b')).requests).toEqual([
      ['status', { json: false, app: ['http://a', 'http://b'] }],
    ]);
  });

  it('ends with the code of the command', async () => {
    expect((await parsed('verify', 1)).code).toBe(1);
    expect((await parsed('verify', 0)).code).toBe(0);
  });

  it.each([
    '--help',
    'verify --help',
    'repair --help',
    'parked --help',
    'release --help',
    'status --help',
    'explain --help',
    'init --help',
    'doctor --help',
  ])('%s helps, exit codes included', async (line) => {
    const { code, out, requests } = await parsed(line);
    expect([code, requests]).toEqual([0, []]);
    expect(out.join('\n')).toContain('Exit codes: 0 ');
  });

  it.each([
    'frobnicate',
    'verify --rate fast',
    'verify --rate 0',
    'verify --max-differences 1.5',
    'verify --colour',
    'repair',
    'repair orders',
    'repair orders 1 2',
    'parked orders',
    'parked --sql-url postgres://db',
    'release orders',
    'status now',
    'init',
    'init --out a b',
    'doctor now',
    '',
  ])('"%s" is wrong usage', async (line) => {
    const { code, err, requests } = await parsed(line);
    expect([code, requests]).toEqual([2, []]);
    expect(err.join('')).not.toBe('');
  });

  it.each([
    ['verify nothing', 'There is no view "nothing"'],
    ['verify --from 1', 'exactly one view'],
    ['verify orders products --to 1', 'exactly one view'],
    ['verify addresses --from 1', 'has 2 part(s)'],
    ['verify orders', 'HYBRIDGE_SQL_URL'],
    ['verify orders --sql-url nowhere', 'HYBRIDGE_SQL_URL'],
    ['repair nothing 1', 'There is no view'],
    ['repair orders one', 'one'],
    ['repair orders 1%', 'percent-encoded'],
    ['repair orders 1', 'HYBRIDGE_SQL_URL'],
    ['release nothing 1', 'There is no view'],
    ['release orders one', 'one'],
    ['release orders 1', 'HYBRIDGE_SQL_URL'],
    ['init --out src', 'HYBRIDGE_SQL_URL'],
    ['init --out src --sql-url postgres://a postgres://b', 'each needs its source'],
    ['doctor --only everything', 'there are sql, dynamodb, kafka, connect, bus'],
    ['parked --dynamodb-endpoint nowhere', 'HYBRIDGE_DYNAMODB_ENDPOINT'],
    ['status --app nowhere', 'HYBRIDGE_APP_URLS'],
  ])('"%s" is refused before anything is read', async (line, told) => {
    const io = terminal();
    expect(await run(line.split(' '), io)).toBe(2);
    expect(io.lines.err.join('\n')).toContain(told);
  });

  it('fails where SQL does not answer, with the reason', async () => {
    const io = terminal({ HYBRIDGE_SQL_URL_SHOP: 'postgres://nobody@127.0.0.1:1/nothing' });
    expect(await run(['verify', 'orders'], io)).toBe(1);
    expect(io.lines.err.join('\n')).toContain('Cannot connect');
  });
});
