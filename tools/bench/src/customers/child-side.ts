/** The other end of `child.ts`. */

/** What the process is to do. */
export const readJob = <Job>(): Job => JSON.parse(process.argv[2] ?? '{}') as Job;

export function tell(message: object): void {
  process.send?.(message);
}

/** Answers every question of the parent, one after the other. */
export function answer<Question>(body: (question: Question) => Promise<object>): void {
  let before: Promise<void> = Promise.resolve();
  process.on('message', (question) => {
    before = before.then(async () => tell(await body(question as Question)));
  });
}

/** Calls back when the parent wants no more, or is gone. */
export function atEnd(close: () => Promise<void>): void {
  process.once('disconnect', () => void close().then(() => process.exit()));
}
