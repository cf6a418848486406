/** What the benches of several workloads read alike from their command lines. */

/**
 * Names with commas between them, or `all`; in the order of the list, whatever the order on the command line.
 * @throws Error naming the option, its value and what is allowed
 */
export function namesIn<Name extends string>(option: string, value: string, allowed: readonly Name[]): readonly Name[] {
  if (value === 'all') return allowed;
  const asked = value.split(',');
  const unknown = asked.find((name) => !allowed.some((one) => one === name));
  if (unknown === undefined) return allowed.filter((name) => asked.includes(name));
  throw new Error(`${option} has "${unknown}", but must be all or some of ${allowed.join(', ')}.`);
}

/** The share of its full size that a workload runs at. @throws Error unless above 0 and at most 1 */
export function scaleIn(text: string): number {
  const scale = Number(text);
  if (scale > 0 && scale <= 1) return scale;
  throw new Error(`--scale is "${text}", but must be a number above 0 and at most 1.`);
}
