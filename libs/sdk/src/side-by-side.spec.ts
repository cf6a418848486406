import { sideBySide } from './side-by-side.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('side by side', () => {
  it('runs so many at a time and no more, and keeps the order of the results', async () => {
    let running = 0;
    let most = 0;
    const results = await sideBySide([5, 1, 4, 2, 3], 2, async (turns) => {
      most = Math.max(most, ++running);
      for (let n = 0; n < turns; n += 1) await turn();
      running -= 1;
      return turns * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  it('begins nothing more after a failure, and fails with it once the others have ended', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const running = sideBySide([1, 2, 3, 4, 5], 2, async (n) => {
      begun.push(n);
      if (n === 2) throw new Error('two');
      await turn();
      ended.push(n);
    });
    await expect(running).rejects.toThrow('two');
    expect(begun).toEqual([1, 2]);
    expect(ended).toEqual([1]);
  });
});
