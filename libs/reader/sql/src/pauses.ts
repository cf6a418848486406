/** Growing pauses, milliseconds, in all `totalMs`: 20 at first, at most 250, each a quarter more or less at random. */
export function* pausesUpTo(totalMs: number): Generator<number> {
  let usual = 20;
  for (let leftMs = totalMs; leftMs > 0; usual = Math.min(usual * 1.5, 250)) {
    const next = Math.min(usual * (0.75 + Math.random() / 2), leftMs);
    yield next;
    leftMs -= next;
  }
}
