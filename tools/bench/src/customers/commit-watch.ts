/** Tells when a value is committed, as any other session sees it. */
import pg from 'pg';

export interface CommitWatch extends AsyncDisposable {
  /**
   * When the order's note is committed with this value, `performance.now()`; undefined when it is not in time. To be
   * called before the change is made.
   */
  committed(id: string, note: string): Promise<number | undefined>;
}

const CHANNEL = 'bench_notes';
const PATIENCE_MS = 60_000;

/** PostgreSQL notifies at commit, so that nothing has to be polled. */
export async function watchCommits(url: string): Promise<CommitWatch> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    CREATE OR REPLACE FUNCTION public.bench_notify() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('${CHANNEL}', NEW.id || ' ' || NEW.note);
      RETURN NULL;
    END
    $$;
    CREATE TRIGGER bench_notify AFTER UPDATE OF note ON public.orders
      FOR EACH ROW EXECUTE FUNCTION public.bench_notify();
    LISTEN ${CHANNEL}`);
  const waiting = new Map<string, (at: number) => void>();
  client.on('notification', ({ payload = '' }) => waiting.get(payload)?.(performance.now()));
  return {
    committed: (id, note) =>
      new Promise((resolve) => {
        const name = `${id} ${note}`;
        const end = (at: number | undefined): void => {
          clearTimeout(timer);
          waiting.delete(name);
          resolve(at);
        };
        const timer = setTimeout(() => end(undefined), PATIENCE_MS);
        waiting.set(name, end);
      }),
    [Symbol.asyncDispose]: () => client.end(),
  };
}
