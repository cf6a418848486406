import { createRandom } from '@hybridge/load';
import type { JsonObject } from './http-proxy.ts';
import { withhold } from './withhold.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const seeds = numbers(50);

describe('withhold', () => {
  it.each(seeds)('keeps back a part of the writes of all tables (seed %i)', (seed) => {
    const request = { RequestItems: { a: numbers(20), b: [100, 101] }, ReturnConsumedCapacity: 'NONE' };
    const { request: sent, complete } = withhold('BatchWriteItem', request, createRandom(seed)) ?? fail();
    const answer = complete({ UnprocessedItems: {} })['UnprocessedItems'] as JsonObject;
    const all = (part: unknown): unknown[] => Object.values(part as JsonObject).flat();
    expect(all(sent['RequestItems']).length).toBeGreaterThan(0);
    expect(all(answer).length).toBeGreaterThan(0);
    expect([...all(sent['RequestItems']), ...all(answer)].toSorted((x, y) => Number(x) - Number(y))).toEqual([
      ...numbers(20),
      100,
      101,
    ]);
    expect(sent['ReturnConsumedCapacity']).toBe('NONE');
  });

  it('keeps the options of keys that were not read', () => {
    const request = { RequestItems: { a: { Keys: numbers(10), ConsistentRead: true } } };
    const { request: sent, complete } = withhold('BatchGetItem', request, createRandom(1)) ?? fail();
    const { a: left } = complete({ Responses: { a: [] } })['UnprocessedKeys'] as { a: { Keys: number[] } };
    const { a: asked } = sent['RequestItems'] as { a: { Keys: number[] } };
    expect(left).toMatchObject({ ConsistentRead: true });
    expect([...asked.Keys, ...left.Keys].toSorted((x, y) => x - y)).toEqual(numbers(10));
  });

  it('answers each statement in its place', () => {
    const { request: sent, complete } =
      withhold('BatchExecuteStatement', { Statements: numbers(8) }, createRandom(3)) ?? fail();
    const asked = sent['Statements'] as number[];
    const answers = complete({ Responses: asked.map((n) => ({ n })) })['Responses'] as { n?: number; Error?: object }[];
    expect(answers).toHaveLength(8);
    for (const [n, answer] of answers.entries())
      expect(answer).toEqual(
        asked.includes(n) ? { n } : { Error: expect.objectContaining({ Code: expect.any(String) }) },
      );
    expect(answers.some(({ Error }) => Error !== undefined)).toBe(true);
  });

  it('carries out a call of one entry', () => {
    expect(withhold('BatchWriteItem', { RequestItems: { a: [1] } }, createRandom(1))).toBeUndefined();
    expect(withhold('BatchExecuteStatement', { Statements: [1] }, createRandom(1))).toBeUndefined();
    expect(withhold('GetItem', {}, createRandom(1))).toBeUndefined();
  });
});

function fail(): never {
  throw new Error('nothing was kept back');
}
