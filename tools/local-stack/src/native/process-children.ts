/** The children of a process, as `ps` lists them. */
import { execFileSync } from 'node:child_process';
import { identifyProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/**
 * All descendants that live now. PostgreSQL's leave its process group, and outlive a killed server for a moment in
 * which no new one can start on the same data.
 */
export function descendantsOf(pid: number): ProcessIdentity[] {
  const parents = new Map(processTable().map(([child, parent]) => [child, parent]));
  const descends = (candidate: number): boolean => {
    const parent = parents.get(candidate);
    return parent !== undefined && parent > 1 && (parent === pid || descends(parent));
  };
  return [...parents.keys()].filter(descends).flatMap((child) => identifyProcess(child) ?? []);
}

function processTable(): [pid: number, parent: number][] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
}
