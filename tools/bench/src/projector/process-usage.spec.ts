import { parsePeakRss, parseStat } from './process-usage.ts';

const STAT =
  '4711 (node (a) b) S 42 4711 1 0 -1 4194304 5000 600 7 8 1234 56 78 9 20 0 11 0 2000 1300000000 25000 18446744073709551615';

describe('process usage', () => {
  it('reads parent and CPU time, whatever the name of the program', () => {
    expect(parseStat(STAT)).toEqual({ parent: 42, cpuTicks: 1234 + 56 + 78 + 9 });
  });

  it('reads the highest resident memory', () => {
    expect(parsePeakRss('Name:\tnode\nVmPeak:\t 999999 kB\nVmHWM:\t   204800 kB\nVmRSS:\t  1 kB\n')).toBe(
      204_800 * 1024,
    );
  });

  it('says so where there is none, as for a process that has ended', () => {
    expect(() => parsePeakRss('Name:\tnode\nState:\tZ (zombie)\n')).toThrow(/VmHWM/);
  });
});
