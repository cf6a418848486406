import type { AnyView } from '@hybridge/views';
import type { ChangeSink } from './change-sink.ts';

/**
 * One sink for changes of views of several sources: each change goes to the source of its view.
 * @param sinks by name of the source
 */
export function sinksBySource(sinks: ReadonlyMap<string, ChangeSink>): ChangeSink {
  const of = sinkOf(sinks);
  return {
    answered: (view, changeIds) => of(view).answered(view, changeIds),
    apply: (target, change, options) => of(target.view).apply(target, change, options),
    refuse: (target, change, refusal) => of(target.view).refuse(target, change, refusal),
  };
}

const sinkOf =
  (sinks: ReadonlyMap<string, ChangeSink>) =>
  ({ name, table: { source } }: AnyView): ChangeSink => {
    const sink = sinks.get(source.name);
    if (sink !== undefined) return sink;
    throw new RangeError(
      `View ${name} is of source ${source.name}, but only ${[...sinks.keys()].join(', ') || 'none'} can be written; connect ${source.name} too.`,
    );
  };
