import type { AnyView } from '@hybridge/views';
import type { CompareSettings, Progress } from './comparison.ts';
import { VerifyError } from './errors.ts';
import { keyPartsOf } from './key-parts.ts';

/** The range of a comparison as progress names it. */
export function taskOf(view: AnyView | undefined, { range }: CompareSettings): Pick<Progress, 'from' | 'to'> {
  if (view === undefined) return {};
  return {
    ...(range?.from && { from: keyPartsOf(view, range.from) }),
    ...(range?.to && { to: keyPartsOf(view, range.to) }),
  };
}

/** @throws VerifyError when the progress belongs to other views or another range */
export function assertSameTask(compared: readonly AnyView[], settings: CompareSettings, progress: Progress): void {
  const views = compared.map(({ name }) => name);
  const asked = { views: [...views].sort(), ...taskOf(compared[0], settings) };
  const kept = {
    views: Object.keys(progress.views).sort(),
    ...(progress.from && { from: progress.from }),
    ...(progress.to && { to: progress.to }),
  };
  if (JSON.stringify(asked) === JSON.stringify(kept)) return;
  throw new VerifyError(
    'HYBRIDGE_VERIFY_PROGRESS_MISMATCH',
    `The progress to go on from is of another comparison: it was ${JSON.stringify(kept)}, asked is ${JSON.stringify(asked)}.`,
  );
}
