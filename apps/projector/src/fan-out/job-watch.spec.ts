import type { FanOutJob } from '@hybridge/protocol';
import { createJobWatch } from './job-watch.ts';

const job = (parent: string, cursor = '', version = '1'): FanOutJob => ({
  key: { pk: 'J#0', sk: parent },
  parent,
  version,
  cursor,
  from: '',
  leg: 'first',
  visited: 0,
  raisedAt: 0,
});

function setUp() {
  const clock = { now: 0 };
  const watch = createJobWatch({ patienceMs: 100, nowMs: () => clock.now });
  const free = (jobs: readonly FanOutJob[], isRaised = false) => watch.free(jobs, isRaised).map(({ parent }) => parent);
  return { clock, watch, free };
}

describe('the watch over jobs', () => {
  it('takes what was raised here at once, and what others raised when it has stood still', () => {
    const { clock, free } = setUp();
    expect(free([job('a')])).toEqual([]);
    expect(free([job('a'), job('b')], true)).toEqual(['b']);
    clock.now = 100;
    expect(free([job('a'), job('b')])).toEqual(['a', 'b']);
  });

  it('lets a job be that moves: with pages, or newer versions', () => {
    const { clock, free } = setUp();
    free([job('a')]);
    for (const moved of [job('a', 'p1'), job('a', 'p2'), job('a', 'p2', '2')]) {
      clock.now += 90;
      expect(free([moved])).toEqual([]);
    }
    clock.now += 100;
    expect(free([job('a', 'p2', '2')])).toEqual(['a']);
  });

  it('leaves a job for a while, and knows a new one of the same parent', () => {
    const { clock, watch, free } = setUp();
    expect(free([job('a')], true)).toEqual(['a']);
    watch.leave(job('a', 'p1'));
    expect(free([job('a', 'p1')], true)).toEqual([]);
    clock.now = 100;
    expect(free([job('a', 'p1')])).toEqual(['a']);
    watch.forget(job('a'));
    expect(free([job('a')], true)).toEqual(['a']);
  });
});
