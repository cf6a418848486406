const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1_000;

/** Waits before a further try of the same call: nothing before the first, then doubling with jitter. */
export async function pauseBefore(attempt: number): Promise<void> {
  if (attempt === 0) return;
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  await new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
}
