import { laneOf } from './spec-files.ts';

describe('laneOf', () => {
  it.each([
    ['decide.spec.ts', 'unit'],
    ['decide.int.spec.ts', 'integration'],
    ['loop.e2e.spec.ts', 'e2e'],
    ['view.type.spec.ts', 'typecheck'],
    ['decide.ts', undefined],
    ['item-sink.features.ts', undefined],
  ])('puts %s into %s', (fileName, lane) => {
    expect(laneOf(fileName)).toBe(lane);
  });
});
