import type { ItemStore, Write } from '@hybridge/protocol';
import { NO_CALLS, callsOf, createCallMeter, sumOf } from './call-meter.ts';

describe('callsOf', () => {
  it('counts every statement of a batch, with those that were refused', () => {
    const Responses = [{}, { Error: { Code: 'ConditionalCheckFailed' } }, {}];
    expect(callsOf('BatchExecuteStatementCommand', { Responses })).toEqual({ accepted: 2, refused: 1 });
  });

  it.each([
    ['UpdateItemCommand', { accepted: 1 }],
    ['DeleteItemCommand', { accepted: 1 }],
    ['GetItemCommand', { gets: 1 }],
    ['QueryCommand', { queries: 1 }],
    ['DescribeTableCommand', {}],
  ])('counts %s as %j', (command, calls) => expect(callsOf(command, {})).toEqual(calls));
});

describe('sumOf', () => {
  it('adds, also what only one side names', () => {
    const a = { ...NO_CALLS, gets: 1, byExpression: { remove: { accepted: 1, refused: 0 } } };
    const b = {
      ...NO_CALLS,
      gets: 2,
      byExpression: { remove: { accepted: 1, refused: 2 }, fence: { accepted: 0, refused: 1 } },
    };
    expect(sumOf(a, b)).toEqual({
      ...NO_CALLS,
      gets: 3,
      byExpression: { remove: { accepted: 2, refused: 2 }, fence: { accepted: 0, refused: 1 } },
    });
  });
});

describe('the meter', () => {
  it('names what was written, and begins anew after it was read', async () => {
    const meter = createCallMeter();
    const results = [
      { ok: true, item: undefined },
      { ok: false, item: undefined },
    ];
    const store: ItemStore = { get: async () => undefined, write: async () => results.shift()! };
    const named = meter.name(store);
    for (let i = 0; i < 2; i++) await named.write({ expression: 'putReference' } as Write);
    expect(meter.read().byExpression).toEqual({ putReference: { accepted: 1, refused: 1 } });
    expect(meter.read()).toEqual(NO_CALLS);
  });
});
