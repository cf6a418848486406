import { type ChangeSink, SqlSinkError } from '@hybridge/sink-sql';
import { watchedSink } from './watched-sink.ts';

const refused = new SqlSinkError(Object.assign(new Error('deadlock'), { code: '40P01' }));
const lost = new SqlSinkError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));

describe('watchedSink', () => {
  it.each([
    ['an answer', undefined, [true]],
    ['a refusal of SQL', refused, [true]],
    ['a lost connection', lost, [false]],
    ['an error of ours', new Error('bug'), []],
  ])('tells of %s', async (_, error, told) => {
    const notes: boolean[] = [];
    const call = async () => {
      if (error !== undefined) throw error;
      return new Map();
    };
    const sink = { answered: call, apply: call, refuse: call } as unknown as ChangeSink;
    const watched = watchedSink(sink, (answers) => notes.push(answers));
    const calls = [watched.answered, watched.apply, watched.refuse] as readonly ((
      ...args: never[]
    ) => Promise<unknown>)[];
    for (const one of calls) await one().catch((thrown: unknown) => expect(thrown).toBe(error));
    expect(notes).toEqual([...told, ...told, ...told]);
  });
});
