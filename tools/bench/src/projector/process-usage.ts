/** CPU time and memory of processes, from Linux's /proc. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/** What `/proc/<pid>/stat` says of one process. */
export interface ProcessStat {
  readonly parent: number;
  /** User and system time, its ended and awaited children included; clock ticks. */
  readonly cpuTicks: number;
}

/** Field 2 is the name in parentheses, which may hold spaces and parentheses itself: fields are counted behind it. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]); // proc(5) counts from 1; field 3 is the first here
  return { parent: field(4), cpuTicks: field(14) + field(15) + field(16) + field(17) };
}

/** Highest resident memory of `/proc/<pid>/status`, bytes. */
export function parsePeakRss(text: string): number {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(text);
  if (match === null) throw new Error('/proc/<pid>/status has no VmHWM: the process is ending, or this is not Linux');
  return Number(match[1]) * 1024;
}

export const readPeakRss = (pid: number): number => parsePeakRss(readFileSync(`/proc/${pid}/status`, 'utf8'));

/** CPU seconds of a process and all its descendants so far. */
export function readCpuSeconds(pid: number): number {
  const stats = allStats();
  const family = new Set([pid]);
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const [id, { parent }] of stats) if (family.has(parent)) family.add(id);
  }
  const ticks = [...family].reduce((sum, id) => sum + (stats.get(id)?.cpuTicks ?? 0), 0);
  return ticks / ticksPerSecond();
}

function allStats(): ReadonlyMap<number, ProcessStat> {
  const stats = new Map<number, ProcessStat>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      stats.set(Number(name), parseStat(readFileSync(`/proc/${name}/stat`, 'utf8')));
    } catch {
      continue; // it has just ended
    }
  }
  return stats;
}

let ticks: number | undefined;
const ticksPerSecond = (): number => (ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })));
