import { type Contender, contenderOf } from './contender.ts';
import { compareInTurns } from './rounds.ts';

const course = { setting: 'a test', calls: 10, concurrency: 2, rounds: 3, signal: new AbortController().signal };

/** Takes part in the log; `p50Ms` of its rounds are the factor times 1, 2, 3 … */
function scripted(name: string, ours: boolean, factor: number, log: string[]): Contender {
  let round = 0;
  return {
    name,
    ours,
    async run({ first, calls }) {
      log.push(`${name} ${first}`);
      const p50Ms = factor * ++round;
      return { calls, p50Ms, p99Ms: p50Ms * 2, perSecond: 1_000 / p50Ms, faults: [] };
    },
  };
}

describe('compareInTurns', () => {
  it('lets them run in turns, counts on, and leaves the first round out', async () => {
    const log: string[] = [];
    const contenders = [scripted('bare', false, 1, log), scripted('ours', true, 1.5, log)];
    const { lines, rounds, callsPerRound } = await compareInTurns(contenders, course);
    expect(log).toEqual(['bare 0', 'ours 0', 'bare 10', 'ours 10', 'bare 20', 'ours 20', 'bare 30', 'ours 30']);
    expect([rounds, callsPerRound]).toEqual([3, 10]);
    expect(lines).toMatchObject([
      { contender: 'bare', p50Ms: 3, p99Ms: 6, oursToThis: { p50: 1.5, p99: 1.5 } },
      { contender: 'ours', p50Ms: 4.5, p99Ms: 9 },
    ]);
    expect(lines[1]).not.toHaveProperty('oursToThis');
  });

  it('stops between two turns', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(compareInTurns([scripted('bare', false, 1, [])], { ...course, signal: stopped })).rejects.toThrow(
      'stopped',
    );
  });
});

describe('contenderOf', () => {
  it('keeps so many calls in flight, and makes each once', async () => {
    let inFlight = 0;
    let most = 0;
    const seen: number[] = [];
    const contender = contenderOf('ours', true, {
      async call(n) {
        most = Math.max(most, ++inFlight);
        await new Promise((resolve) => setImmediate(resolve));
        inFlight--;
        return seen.push(n);
      },
      faultOf: () => undefined,
    });
    const figures = await contender.run({ first: 5, calls: 9, concurrency: 4 });
    expect(most).toBe(4);
    expect(seen).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(figures).toMatchObject({ calls: 9, faults: [] });
  });

  it('names wrong answers and errors, those of the warm-up too', async () => {
    const contender = contenderOf('ours', true, {
      call: async (n) => {
        if (n === 3) throw new Error('no answer');
        return n;
      },
      faultOf: (n, answer) => (n === 0 || answer === 14 ? `call ${n}: wrong` : undefined),
    });
    const { lines } = await compareInTurns([contender], course);
    expect(lines[0]?.faults).toEqual(['call 0: wrong', 'call 3: no answer', 'call 14: wrong']);
  });
});
