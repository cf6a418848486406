import { type ChangeSink, SqlSinkError } from '@hybridge/sink-sql';

/**
 * The same sink, which tells whether its database answers.
 * @param note told after every call that says something of it
 */
export function watchedSink(sink: ChangeSink, note: (answers: boolean) => void): ChangeSink {
  const watched = async <T>(call: Promise<T>): Promise<T> => {
    try {
      const result = await call;
      note(true);
      return result;
    } catch (error) {
      if (error instanceof SqlSinkError) note(error.sqlState !== undefined);
      throw error;
    }
  };
  return {
    answered: (view, changeIds) => watched(sink.answered(view, changeIds)),
    apply: (target, change, options) => watched(sink.apply(target, change, options)),
    refuse: (target, change, refusal) => watched(sink.refuse(target, change, refusal)),
  };
}
