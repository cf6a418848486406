/** Processes of our own that answer several times, over Node's message channel. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { nodeArguments, repositoryPath } from '../projector/programs.ts';

export interface Child<Answer> extends AsyncDisposable {
  /** Fires when it has ended, with why. */
  readonly ended: AbortSignal;
  /** Its next message. @throws when it has ended */
  next(): Promise<Answer>;
  /** Sends one message and resolves with its next one. @throws when it has ended */
  ask(question: object): Promise<Answer>;
}

/**
 * @param program file in this folder; it gets the job as JSON in its only argument, and ends when we are gone
 */
export function startChild<Answer>(program: string, job: object, signal: AbortSignal): Child<Answer> {
  const file = repositoryPath('tools/bench/src/customers', program);
  const child = spawn(process.execPath, nodeArguments(file, JSON.stringify(job)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    signal,
  });
  child.on('error', () => undefined); // told by its end
  const gone = once(child, 'exit').then(([code, killed]) => {
    throw new Error(`${program} ended with ${String(code ?? killed)}.`);
  });
  const ended = new AbortController();
  gone.catch((error: unknown) => ended.abort(error));
  const next = async (): Promise<Answer> => Promise.race([gone, messageOf<Answer>(child)]);
  return {
    ended: ended.signal,
    next,
    ask: async (question) => {
      const answer = next();
      child.send(question);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await gone.catch(() => undefined);
    },
  };
}

async function messageOf<Answer>(child: ChildProcess): Promise<Answer> {
  const [message] = (await once(child, 'message')) as [Answer];
  return message;
}
