import { type Finding, error } from './finding.ts';

/** A service that does not answer is a finding. Never throws. */
export async function unlessUnreachable(
  subject: string,
  task: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await task();
  } catch (failure) {
    const cause = failure instanceof Error ? failure.message : String(failure);
    return [
      error(subject, [
        'target.unreachable',
        `${subject} did not answer: ${cause}`,
        'check address, network, region and credentials',
      ]),
    ];
  }
}
