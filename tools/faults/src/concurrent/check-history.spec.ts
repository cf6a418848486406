import { checkHistory } from './check-history.ts';
import type { Answer, Cell, CommittedWrite, CustomerWrite, History, InternalWrite, Read } from './history.ts';

const PHONE: Cell = '1.phone';
const CITY: Cell = '1.city';

const wrote = (token: string, base: string, part: Partial<CommittedWrite> = {}): CommittedWrite => ({
  cell: PHONE,
  transaction: `tx of ${token}`,
  old: base,
  new: token,
  ...part,
});

const change = (token: string, base: string, part: Partial<CustomerWrite> = {}): CustomerWrite => ({
  changeId: `id of ${token}`,
  by: 'anna',
  replaces: [{ cell: PHONE, base, token }],
  acceptedAt: 100,
  seen: [],
  ...part,
});

const answer = (token: string, outcome: 'A' | 'R', at = 200): Answer => ({ changeId: `id of ${token}`, outcome, at });

const clerk = (token: string, base: string, part: Partial<InternalWrite> = {}): InternalWrite => ({
  cell: PHONE,
  base,
  token,
  committed: true,
  ...part,
});

const read = (value: string, startedAt: number, part: Partial<Read> = {}): Read => ({
  by: 'anna',
  startedAt,
  endedAt: startedAt + 1,
  values: new Map([[PHONE, value]]),
  ...part,
});

/**
 * Anna's `a1` was applied over the first value, a clerk's `w1` over it; her `a2`, which she based on `a1`, came too late.
 */
const good: History = {
  initial: new Map([[PHONE, 'first']]),
  customers: [
    change('a1', 'first', { seen: ['applied'] }),
    change('a2', 'a1', { acceptedAt: 300, seen: ['rejected'] }),
  ],
  internal: [clerk('w1', 'a1')],
  committed: [wrote('a1', 'first'), wrote('w1', 'a1')],
  answers: [answer('a1', 'A'), answer('a2', 'R', 500)],
  reads: [read('a1', 150), read('a2', 310), read('w1', 600), read('first', 50)],
  final: { sql: new Map([[PHONE, 'w1']]), items: new Map([[PHONE, 'w1']]) },
};

const but = (part: Partial<History>): readonly string[] => checkHistory({ ...good, ...part });

describe('checkHistory', () => {
  it('finds nothing wrong in a good history', () => {
    expect(checkHistory(good)).toEqual([]);
  });

  it('finds an update that was lost to a customer who had not seen it', () => {
    const problems = but({
      customers: [change('a1', 'first'), change('a2', 'first')],
      internal: [],
      committed: [wrote('a1', 'first'), wrote('a2', 'a1')],
      answers: [answer('a1', 'A'), answer('a2', 'A')],
      reads: [],
      final: { sql: new Map([[PHONE, 'a2']]), items: new Map([[PHONE, 'a2']]) },
    });
    expect(problems).toEqual(['lost update: id of a2 saw first in 1.phone, but replaced a1']);
  });

  it('finds an update that was lost to a clerk', () => {
    expect(but({ internal: [clerk('w1', 'first')] })).toEqual([expect.stringMatching(/lost update: the clerk of w1/)]);
  });

  it('finds a change whose effect is missing, or that was applied twice', () => {
    expect(but({ committed: [wrote('w1', 'first')] }).join()).toMatch(/a1 was written 0 times/);
    const twice = [wrote('a1', 'first'), wrote('w1', 'a1'), wrote('a1', 'w1')];
    expect(but({ committed: twice }).join()).toMatch(/a1 was written 2 times/);
  });

  it('finds a change that was applied in parts', () => {
    const both = change('a1', 'first', {
      replaces: [
        { cell: PHONE, base: 'first', token: 'a1' },
        { cell: CITY, base: 'x', token: 'c1' },
      ],
    });
    const committed = [...good.committed, wrote('c1', 'x', { cell: CITY, transaction: 'another' })];
    expect(but({ customers: [both, good.customers[1] as CustomerWrite], committed })).toEqual([
      'id of a1 was applied in parts',
    ]);
  });

  it('finds what a rejected change left behind', () => {
    const problems = but({ answers: [answer('a1', 'R'), answer('a2', 'R', 500)], reads: [] });
    expect(problems).toContain('id of a1 was rejected, but wrote a1');
    const shown = but({ final: { ...good.final, items: new Map([[PHONE, 'a2']]) } });
    expect(shown).toContain('id of a2 was rejected, but 1.phone still shows a2');
  });

  it('finds two outcomes, a missing one, and one that the customer saw otherwise', () => {
    expect(but({ answers: [...good.answers, answer('a2', 'A')] })).toEqual(['id of a2 was answered 2 times']);
    expect(but({ answers: [answer('a1', 'A')], reads: [] })).toEqual(['id of a2 was accepted and never answered']);
    const seen = change('a1', 'first', { seen: ['applied', 'rejected'] });
    expect(but({ customers: [seen, good.customers[1] as CustomerWrite] })).toEqual([
      'id of a1 was applied, but its customer saw applied,rejected',
    ]);
  });

  it('finds a broken path, a wrong end, and an item that shows something else', () => {
    expect(but({ committed: [wrote('a1', 'first'), wrote('w1', 'lost')] }).join()).toMatch(/replaced lost, but a1/);
    expect(but({ final: { ...good.final, sql: new Map([[PHONE, 'a1']]) } }).join()).toMatch(/SQL ends with a1/);
    expect(but({ final: { ...good.final, items: new Map([[PHONE, 'a1']]) } }).join()).toMatch(/item shows a1/);
  });

  it('finds a write that nobody wanted', () => {
    expect(but({ internal: [] })).toEqual(['nobody wanted to write w1']);
  });

  it('takes a write whose maker does not know its end either way', () => {
    const unsure = { committed: false };
    expect(but({ internal: [clerk('w1', 'a1', unsure), clerk('w2', 'a1', unsure)] })).toEqual([]);
    const notAccepted = change('a3', 'w1', { acceptedAt: undefined });
    expect(but({ customers: [...good.customers, notAccepted] })).toEqual([]);
  });

  it('finds a customer who does not read what was accepted', () => {
    expect(but({ reads: [read('first', 150)] })).toEqual([
      'read-your-writes: anna read first in 1.phone after a1 of anna was accepted',
    ]);
    expect(but({ reads: [read('w1', 310)] })).toEqual([expect.stringMatching(/after a2 of anna/)]);
    expect(but({ reads: [read('first', 150, { by: 'bert' })] })).toEqual([
      'an accepted write was not seen: bert read first in 1.phone after a1 of anna was accepted',
    ]);
  });

  it('takes a read that ran beside the acceptance, and one after the rejection', () => {
    expect(but({ reads: [read('first', 99), read('w1', 501)] })).toEqual([]);
  });

  it('takes a later value of somebody else, pending or not', () => {
    const pending = change('b1', 'a1', { by: 'bert', acceptedAt: 250 });
    const customers = [...good.customers, pending];
    const answers = [...good.answers, answer('b1', 'R', 400)];
    expect(but({ customers, answers, reads: [read('b1', 260), read('w1', 600)] })).toEqual([]);
  });
});
