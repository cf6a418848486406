import type { Verdict } from './checker/model.ts';

/** One line a run: name, states, transitions, drained end states, seconds, verdict. */
export function reportLine(name: string, verdict: Verdict, seconds: number): string {
  const numbers = [verdict.states, verdict.transitions, verdict.drained].map((n) =>
    n.toLocaleString('en').padStart(10),
  );
  return `${name.padEnd(88)} ${numbers.join(' ')} ${seconds.toFixed(1).padStart(6)} s  ${conclusionOf(verdict)}`;
}

function conclusionOf({ violation, complete }: Verdict): string {
  if (violation !== undefined) return `${violation.kind}: ${violation.message}`;
  return complete ? 'no violation, always comes to rest' : 'not explored to its end';
}

/** The way to a violation, one step a line. */
export const traceLines = (verdict: Verdict): string =>
  (verdict.violation?.trace ?? []).map((step, at) => `    ${String(at + 1).padStart(3)}. ${step}`).join('\n');

export const HEADING = `${'configuration'.padEnd(88)} ${['states', 'steps', 'drained'].map((word) => word.padStart(10)).join(' ')}`;
