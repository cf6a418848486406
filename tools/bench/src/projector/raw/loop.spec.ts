import type { RowChange } from '@hybridge/protocol';
import { toRowChange } from '../order-row.ts';
import { nextBatch, runLoop } from './loop.ts';

const change = (row: number, position: number): RowChange =>
  toRowChange({ op: 'u', row, change: position, position, padding: 0 });

describe('bare loop', () => {
  it('names a key once in a call, with its newest change', () => {
    const changes = [change(1, 0), change(2, 1), change(1, 2), change(3, 3), change(4, 4)];
    const { batch, end } = nextBatch(changes, 0, 3);
    expect(batch).toEqual([changes[2], changes[1], changes[3]]);
    expect(end).toBe(4);
  });

  it('writes every change by itself when a call takes one', () => {
    const changes = [change(1, 0), change(1, 1)];
    expect(nextBatch(changes, 0, 1)).toEqual({ batch: [changes[0]], end: 1 });
  });

  it('sends everything, with no more calls in flight than asked for', async () => {
    const changes = Array.from({ length: 103 }, (_, i) => change(i, i));
    const sent: RowChange[] = [];
    let running = 0;
    let most = 0;
    const send = async (batch: readonly RowChange[]): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      sent.push(...batch);
      running--;
    };
    await runLoop(changes, { batch: 25, send }, 3);
    expect(sent).toHaveLength(103);
    expect(new Set(sent)).toEqual(new Set(changes));
    expect(most).toBe(3);
  });
});
