import { type ErrorFacts, ViewLoadingError } from './errors.ts';
import { LOOK_AGAIN_MS } from './serving-gate.ts';
import type { ViewLike } from './types.ts';

export const viewLoading = ({
  view,
  facts,
}: {
  readonly view: ViewLike;
  readonly facts: ErrorFacts;
}): ViewLoadingError =>
  new ViewLoadingError(
    `${view.name} of table ${view.table.name} is being loaded, and can only be read by key until then.`,
    {
      ...facts,
      fix: `Try again after ${LOOK_AGAIN_MS} ms.`,
      retryAfterMs: LOOK_AGAIN_MS,
    },
  );
