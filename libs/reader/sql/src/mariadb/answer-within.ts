/**
 * What a task gives, unless it takes longer than `timeoutMs`: then an error without a SQLSTATE, as of a connection that was
 * lost. Whoever hears of it must give the connection up; the task is left alone.
 */
export async function answerWithin<T>(timeoutMs: number, task: Promise<T>): Promise<T> {
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    deadline = setTimeout(() => reject(new Error(`The server has not answered for ${timeoutMs} ms.`)), timeoutMs);
  });
  return Promise.race([task, late]).finally(() => clearTimeout(deadline));
}
