import type { ChangeStatus, Found, Hybridge } from '@hybridge/sdk';
import { pause } from '@hybridge/runtime';
import type { Document } from '@hybridge/views';
import type { Place } from '../place.ts';

export interface Outcome {
  readonly changeId: string;
  readonly status: ChangeStatus;
}

/** A document as it stands now, and the changes that were answered since the last look. */
export interface Sighting {
  /** Undefined when there is no such row. */
  readonly found: Found<Document> | undefined;
  readonly outcomes: readonly Outcome[];
}

export type Listener = (sighting: Sighting) => void;

/** Looks at documents for all who watch them: one reader a document, however many listen. */
export interface ItemWatch {
  /** Tells of the document as it stands, then of each change of it. @returns ends it */
  watch(place: Place, listener: Listener): () => void;
}

export interface WatchOptions {
  /** Pause after a document changed, and the longest one after it did not, milliseconds. */
  readonly pollMs: number;
  readonly idlePollMs: number;
  /** Told of reads that failed; the next one may go well. */
  readonly onError: (error: unknown) => void;
}

const GROWTH = 1.5;

interface Watched {
  readonly listeners: Set<Listener>;
  readonly stopping: AbortController;
  last: Found<Document> | undefined | 'not-yet';
}

export function createItemWatch(hybridge: Hybridge, options: WatchOptions): ItemWatch {
  const watched = new Map<string, Watched>();

  const start = (name: string, place: Place): Watched => {
    const entry: Watched = { listeners: new Set(), stopping: new AbortController(), last: 'not-yet' };
    watched.set(name, entry);
    void look(hybridge, place, entry, options);
    return entry;
  };

  return {
    watch(place, listener) {
      const name = JSON.stringify([place.view.name, place.key]);
      const entry = watched.get(name) ?? start(name, place);
      entry.listeners.add(listener);
      if (entry.last !== 'not-yet') listener({ found: entry.last, outcomes: [] });
      return () => {
        entry.listeners.delete(listener);
        if (entry.listeners.size > 0 || watched.get(name) !== entry) return;
        watched.delete(name);
        entry.stopping.abort();
      };
    },
  };
}

async function look(hybridge: Hybridge, place: Place, entry: Watched, options: WatchOptions): Promise<void> {
  const { signal } = entry.stopping;
  let pauseMs = options.pollMs;
  while (!signal.aborted) {
    const changed = await lookOnce(hybridge, place, entry).catch((error: unknown) => {
      options.onError(error);
      return false;
    });
    pauseMs = changed ? options.pollMs : Math.min(pauseMs * GROWTH, options.idlePollMs);
    await pause(pauseMs, signal);
  }
}

/** Tells the listeners when the document is another than last time. */
async function lookOnce(hybridge: Hybridge, place: Place, entry: Watched): Promise<boolean> {
  const found = await hybridge.get(place.view.name, place.key);
  const { last } = entry;
  if (last !== 'not-yet' && sameSight(last, found)) return false;
  const before = last === 'not-yet' || last === undefined ? [] : last.pending;
  const answered = before.filter((id) => !(found?.pending.includes(id) ?? false));
  const statuses = await Promise.all(answered.map((id) => hybridge.statusOf(place.view.name, place.key, id)));
  const outcomes = statuses.flatMap((status, n) =>
    status.status === 'applied' || status.status === 'rejected' ? [{ changeId: answered[n] as string, status }] : [],
  );
  entry.last = found;
  for (const listener of [...entry.listeners]) listener({ found, outcomes });
  return true;
}

function sameSight(one: Found<Document> | undefined, other: Found<Document> | undefined): boolean {
  if (one?.version !== undefined || other?.version !== undefined) return one?.version === other?.version;
  return JSON.stringify(one?.document) === JSON.stringify(other?.document);
}
