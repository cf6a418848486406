import { catalog } from '@hybridge/definitions';
import { createMetrics, silentLogger } from '@hybridge/observability';
import { type PendingChange, encodePendingList, pendingToWire } from '@hybridge/protocol';
import { createLanes } from '@hybridge/runtime';
import type { ChangeAnswer, ChangeSink, KnownAnswer } from '@hybridge/sink-sql';
import { createHandler } from './handle.ts';
import { createWritebackMetrics } from './metrics.ts';

const ANSWERED_AT = Date.parse('2026-11-22T12:00:00Z');
const NOW = ANSWERED_AT + 120_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const change = (id: string, more: Partial<PendingChange> = {}): PendingChange => ({
  id,
  n: 1,
  op: 'u',
  set: { city: { S: 'Utrecht' } },
  base: { city: { S: 'Leiden' } },
  baseVersion: '',
  at: NOW - 250,
  by: 'customer:42',
  ...more,
});

const key = (customer: number) => ({ pk: `c1#CUSTOMER#${customer}`, sk: 'CUSTOMER' });

const message = (id: string, customer: number, pending: readonly PendingChange[], time = '2026-11-22T12:00:01Z') => ({
  id,
  receiveCount: 1,
  sentAt: 0,
  body: JSON.stringify({
    'detail-type': 'ApplyCustomerChange',
    time,
    detail: {
      metadata: { id, version: 1, view: 'customers', key: key(customer), occurredAt: '2026-11-22T12:00:00.000Z' },
      data: { truncated: pending.length === 0, pending: pendingToWire(pending) },
    },
  }),
});

type Apply = (change: PendingChange, resignal: boolean) => ChangeAnswer | Error;

function setup(apply: Apply = () => ({ outcome: 'A', already: false }), inItem: readonly PendingChange[] = []) {
  const known = new Map<string, KnownAnswer>();
  const log: string[] = [];
  const sink: ChangeSink = {
    async answered(_view, ids) {
      return new Map(ids.flatMap((id) => (known.has(id) ? [[id, known.get(id) as KnownAnswer]] : [])));
    },
    async apply(target, one, { resignal = false } = {}) {
      log.push(`${target.itemKey.pk} ${one.id} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      const answer = apply(one, resignal);
      if (answer instanceof Error) throw answer;
      log.push(`${target.itemKey.pk} ${one.id} ${answer.outcome}${resignal ? ' again' : ''}`);
      return answer;
    },
    async refuse(target, one, refusal) {
      log.push(`${target.itemKey.pk} ${one.id} ${refusal.code}`);
      return { outcome: 'R', ...refusal, already: false };
    },
  };
  const metrics = createWritebackMetrics(createMetrics('writeback', { process: false }));
  const stop = new AbortController();
  const handle = createHandler({
    sink,
    metrics,
    catalog,
    readItem: async () => ({ _p: encodePendingList(inItem) }),
    lanes: createLanes({ concurrency: 8 }),
    logger: silentLogger(),
    signal: stop.signal,
    now: () => NOW,
    resignalAfterMs: 30_000,
    expireAfterMs: DAY_MS,
    rejectAfterMs: HOUR_MS,
  });
  const ends = () => log.filter((line) => !line.endsWith('begins'));
  return { handle, known, log, ends, metrics, stop };
}

const failure = (retry: 'transient' | 'permanent') => Object.assign(new Error('boom'), { retry });

describe('writeback handler', () => {
  it('applies the changes of a command in their order', async () => {
    const { handle, ends } = setup();
    expect(await handle([message('m1', 1, [change('a'), change('b')])])).toEqual({ failed: [] });
    expect(ends()).toEqual(['c1#CUSTOMER#1 a A', 'c1#CUSTOMER#1 b A']);
  });

  it('does not mix two commands of one item, and runs items side by side', async () => {
    const { handle, log } = setup();
    await handle([message('m1', 1, [change('a')]), message('m2', 2, [change('x')]), message('m3', 1, [change('b')])]);
    const first = log.filter((line) => line.startsWith('c1#CUSTOMER#1'));
    expect(first.map((line) => line.split(' ').slice(1).join(' '))).toEqual(['a begins', 'a A', 'b begins', 'b A']);
    expect(log.indexOf('c1#CUSTOMER#2 x begins')).toBeLessThan(log.indexOf('c1#CUSTOMER#1 a A'));
  });

  it('names only the messages that failed, and leaves their later changes untouched', async () => {
    const { handle, ends } = setup((one) =>
      one.id === 'bad' ? failure('permanent') : { outcome: 'A', already: false },
    );
    const result = await handle([
      message('m1', 1, [change('a')]),
      message('m2', 2, [change('bad'), change('after')]),
      message('m3', 3, [change('c')]),
    ]);
    expect(result).toEqual({ failed: ['m2'] });
    expect(ends().join()).not.toMatch(/after/);
  });

  it('leaves malformed messages in the queue, without hindering others', async () => {
    const { handle, ends, metrics } = setup();
    const malformed = { id: 'm1', body: '{', receiveCount: 1, sentAt: 0 };
    expect(await handle([malformed, message('m2', 1, [change('a')])])).toEqual({ failed: ['m1'] });
    expect(ends()).toHaveLength(1);
    const rendered = await metrics.all.render();
    expect(rendered).toContain('writeback_messages_total{outcome="malformed"} 1');
    expect(rendered).toContain('writeback_messages_total{outcome="handled"} 1');
  });

  it('tries again in place while SQL does not answer', async () => {
    let failures = 2;
    const { handle } = setup(() => (failures-- > 0 ? failure('transient') : { outcome: 'A', already: false }));
    expect(await handle([message('m1', 1, [change('a')])])).toEqual({ failed: [] });
    expect(failures).toBe(-1);
  });

  it('gives a message back when it is stopped while SQL does not answer', async () => {
    const { handle, stop } = setup(() => {
      stop.abort();
      return failure('transient');
    });
    expect(await handle([message('m1', 1, [change('a')])])).toEqual({ failed: ['m1'] });
  });

  it('reads the changes from the item when the command does not carry them', async () => {
    const { handle, ends } = setup(undefined, [change('a'), change('b')]);
    expect(await handle([message('m1', 1, [])])).toEqual({ failed: [] });
    expect(ends()).toEqual(['c1#CUSTOMER#1 a A', 'c1#CUSTOMER#1 b A']);
  });

  it('skips answered changes, but signals again what is still asked for long after the answer', async () => {
    const { handle, known, ends } = setup((_, resignal) => ({ outcome: 'R', already: resignal }));
    known.set('a', { outcome: 'R', already: true, at: ANSWERED_AT });
    await handle([message('soon', 1, [change('a')], '2026-11-22T12:00:29Z')]);
    expect(ends()).toEqual([]);
    await handle([message('sweep', 1, [change('a')], '2026-11-22T12:00:30Z')]);
    expect(ends()).toEqual(['c1#CUSTOMER#1 a R again']);
  });

  it('refuses what waited too long, and goes on with what follows', async () => {
    const { handle, ends, metrics } = setup();
    const old = change('old', { at: NOW - DAY_MS });
    const justInTime = change('new', { at: NOW - DAY_MS + 1 });
    expect(await handle([message('m1', 1, [old, justInTime])])).toEqual({ failed: [] });
    expect(ends()).toEqual(['c1#CUSTOMER#1 old EXPIRED', 'c1#CUSTOMER#1 new A']);
    expect(await metrics.all.render()).toContain('writeback_changes_total{outcome="rejected"} 1');
  });

  it('applies a change of any age to what lives in DynamoDB first', async () => {
    const { handle, ends } = setup();
    const old = change('old', { at: NOW - 10 * DAY_MS, set: { note: { S: 'x' } }, base: {} });
    const { body, ...rest } = message('m1', 1, [old]);
    const wish = body.replace('"customers"', '"wishes"').replace('"sk":"CUSTOMER"', '"sk":"WISH#7"');
    expect(await handle([{ ...rest, body: wish }])).toEqual({ failed: [] });
    expect(ends()).toEqual(['c1#CUSTOMER#1 old A']);
  });

  it('does not refuse what SQL answered long ago', async () => {
    const { handle, known, ends } = setup(() => ({ outcome: 'A', already: true }));
    known.set('old', { outcome: 'A', already: true, at: ANSWERED_AT });
    await handle([message('sweep', 1, [change('old', { at: NOW - DAY_MS })], '2026-11-22T13:00:00Z')]);
    expect(ends()).toEqual(['c1#CUSTOMER#1 old A again']);
  });

  it('refuses a change that fails for an unknown reason, but only after a while', async () => {
    const { handle, ends } = setup((one) =>
      one.id === 'bad' ? failure('permanent') : { outcome: 'A', already: false },
    );
    const young = change('bad', { at: NOW - HOUR_MS + 1 });
    expect(await handle([message('m1', 1, [young, change('next')])])).toEqual({ failed: ['m1'] });
    expect(ends()).toEqual([]);
    const old = change('bad', { at: NOW - HOUR_MS });
    expect(await handle([message('m2', 1, [old, change('next')])])).toEqual({ failed: [] });
    expect(ends()).toEqual(['c1#CUSTOMER#1 bad POISON', 'c1#CUSTOMER#1 next A']);
  });

  it('never refuses because SQL does not answer', async () => {
    let failures = 2;
    const { handle, ends } = setup(() => (failures-- > 0 ? failure('transient') : { outcome: 'A', already: false }));
    expect(await handle([message('m1', 1, [change('a', { at: NOW - HOUR_MS })])])).toEqual({ failed: [] });
    expect(ends()).toEqual(['c1#CUSTOMER#1 a A']);
  });

  it('counts outcomes and measures acceptance to COMMIT', async () => {
    const { handle, known, metrics } = setup((one) =>
      one.id === 'r' ? { outcome: 'R', code: 'UNIQUE', already: false } : { outcome: 'A', already: one.id === 'late' },
    );
    known.set('k', { outcome: 'A', already: true, at: NOW });
    await handle([message('m1', 1, [change('a'), change('r'), change('k'), change('late')])]);
    const rendered = await metrics.all.render();
    expect(rendered).toContain('writeback_changes_total{outcome="applied"} 1');
    expect(rendered).toContain('writeback_changes_total{outcome="rejected"} 1');
    expect(rendered).toContain('writeback_changes_total{outcome="already"} 2');
    expect(rendered).toContain('writeback_change_to_sql_seconds_count 2');
    expect(rendered).toContain('writeback_change_to_sql_seconds_sum 0.5');
  });
});
