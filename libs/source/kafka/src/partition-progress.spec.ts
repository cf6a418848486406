import fc from 'fast-check';
import { type HandedOut, createPartitionProgress } from './partition-progress.ts';
import { recordsAt } from './testing.features.ts';

const progressOf = () => createPartitionProgress('t', 0);

/** Hands out records at the offsets in one batch. */
const handOut = (progress: ReturnType<typeof progressOf>, ...offsets: readonly number[]): HandedOut =>
  progress.handOut(recordsAt(...offsets), BigInt((offsets.at(-1) ?? 0) + 1));

describe('the progress of a partition', () => {
  it('is unknown before a record came', () => {
    const progress = progressOf();
    expect([progress.nextOffset, progress.lag]).toEqual([undefined, 0]);
  });

  it('stands at the first record that is not done', () => {
    const progress = progressOf();
    const batch = handOut(progress, 5, 6, 7);
    expect(progress.nextOffset).toBe(5n);
    batch.done(1);
    expect(progress.nextOffset).toBe(5n);
    batch.done(0);
    expect(progress.nextOffset).toBe(7n);
    batch.done(2);
    expect(progress.nextOffset).toBe(8n);
  });

  it('passes gaps of the log, where compaction left nothing', () => {
    const progress = progressOf();
    const first = handOut(progress, 3, 10);
    first.done(0);
    expect(progress.nextOffset).toBe(10n);
    first.done(1);
    expect(progress.nextOffset).toBe(11n);
    handOut(progress, 40);
    expect(progress.nextOffset).toBe(40n);
  });

  it('takes a record that is done twice for one', () => {
    const progress = progressOf();
    const batch = handOut(progress, 0, 1);
    batch.done(0);
    batch.done(0);
    expect(progress.nextOffset).toBe(1n);
  });

  it('says how many records are not done, those not fetched yet included', () => {
    const progress = progressOf();
    const batch = progress.handOut(recordsAt(0, 1, 2), 10n);
    expect(progress.lag).toBe(10);
    batch.done(0);
    expect(progress.lag).toBe(9);
  });

  it('knows records of a fetch begun anew that were handed out already', () => {
    const progress = progressOf();
    expect(progress.fresh(recordsAt(5, 6))).toHaveLength(2);
    handOut(progress, 5, 6, 9);
    expect(progress.fresh(recordsAt(6, 9, 10, 12)).map(({ offset }) => offset)).toEqual([10n, 12n]);
    expect(progress.fresh(recordsAt(5, 9))).toEqual([]);
  });

  it('halts at the earliest record that cannot be done', () => {
    const progress = progressOf();
    handOut(progress, 0, 1, 2, 3);
    expect(progress.halt({ offset: 2n, cause: 'b' })).toBe(true);
    expect(progress.halt({ offset: 3n, cause: 'c' })).toBe(false);
    expect(progress.halt({ offset: 1n, cause: 'a' })).toBe(true);
    expect(progress.halted).toEqual({ offset: 1n, cause: 'a' });
  });

  it('is abandoned once', () => {
    const progress = progressOf();
    expect(progress.isAbandoned).toBe(false);
    progress.abandon();
    expect(progress.isAbandoned).toBe(true);
  });

  it('never passes a record that is not done, and reaches the end, whatever the order', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 40 });
    const batches = fc.array(gaps, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(batches, fc.infiniteStream(fc.nat()), fc.infiniteStream(fc.boolean()), (plan, picks, comesFirst) => {
        const progress = progressOf();
        const waiting = [...plan];
        const open: { offset: number; done(): void }[] = [];
        let last = 0;
        while (waiting.length + open.length > 0) {
          const takes = waiting.length > 0 && (open.length === 0 || comesFirst.next().value === true);
          if (takes) {
            const offsets = (waiting.shift() as number[]).map((gap) => (last += gap));
            const { done } = handOut(progress, ...offsets);
            open.push(...offsets.map((offset, index) => ({ offset, done: () => done(index) })));
          } else {
            open.splice((picks.next().value as number) % open.length, 1).forEach(({ done }) => done());
          }
          const first = open.reduce((least, { offset }) => Math.min(least, offset), last + 1);
          expect(progress.nextOffset).toBe(BigInt(first));
        }
        expect(progress.nextOffset).toBe(BigInt(last + 1));
      }),
      { numRuns: 200 },
    );
  });

  it('does so over many thousand records too, of which one takes long', () => {
    const progress = progressOf();
    const offsets = Array.from({ length: 5_000 }, (_, i) => i);
    const batch = handOut(progress, ...offsets);
    offsets.slice(0, 3_000).forEach((index) => batch.done(index));
    expect(progress.nextOffset).toBe(3_000n);
    const next = handOut(progress, 5_000, 5_001);
    offsets.slice(3_001).forEach((index) => batch.done(index));
    next.done(1);
    expect(progress.nextOffset).toBe(3_000n);
    batch.done(3_000);
    expect(progress.nextOffset).toBe(5_000n);
    next.done(0);
    expect(progress.nextOffset).toBe(5_002n);
  });
});
