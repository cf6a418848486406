import { pause } from '@hybridge/runtime';
import type { AnyView } from '@hybridge/views';
import { isSqlUnavailable } from './errors.ts';
import { pausesUpTo } from './pauses.ts';
import { createLagBound } from './replica-lag.ts';
import { reserveRead } from './reserve-read.ts';
import type { RowRead, RowRequest, TableReader } from './row-reader.ts';
import type { SqlPool } from './sql-pool.ts';

/** `lag`: nothing to prove, and the replica may be too far behind · `unproven`: the proof did not hold there in time. */
export type FallbackReason = 'lag' | 'unproven' | 'unavailable';

export interface ReplicaReaderOptions {
  readonly primary: TableReader;
  /** Reads `replicaPool`; give it a guard of its own. */
  readonly replica: TableReader;
  readonly replicaPool: Pick<SqlPool, 'query'>;
  /** Life of a fence, milliseconds, as in the limits of the protocol. */
  readonly fenceTtlMs: number;
  /** How far behind the replica may be for reads that prove nothing; default 30 000. */
  readonly maxLagMs?: number;
  /** How long a proof is waited for before the primary is asked, milliseconds; default 200. */
  readonly proofWaitMs?: number;
  /** So many reads went to the primary. */
  readonly onFallback?: (reason: FallbackReason, reads: number) => void;
}

/** Fences must outlive ten times the lag: protocol, "time limits that are part of the correctness argument". */
const FENCE_LIVES = 10;
/**
 * A truncated table is swept for the last time 180 s after the event. A replica that lags longer would bring its rows
 * back behind the sweep.
 */
const TRUNCATE_BOUND_MS = 120_000;
const DEFAULTS = { maxLagMs: 30_000, proofWaitMs: 200 } as const;

/**
 * Reads of rows prefer a hot standby and fall back to the primary. Proofs are evaluated on the connection that is read.
 * Where there is nothing to prove, no change event came to the key for the life of a fence, so a replica that lags much
 * less shows the row as the last event left it. Comparisons (`scan`, `readMany`, `isWithin`) read the primary.
 *
 * @throws RangeError when `maxLagMs` is above a tenth of `fenceTtlMs`, or above 120 000
 */
export function createReplicaReader(options: ReplicaReaderOptions): TableReader {
  const { primary, replica, onFallback } = options;
  const lag = createLagBound(options.replicaPool, boundOf(options));
  const proofWaitMs = options.proofWaitMs ?? DEFAULTS.proofWaitMs;

  /** Those the replica may be asked for. */
  const suited: Choose = async ({ refusal }, view, requests) => {
    if (refusal?.(view) !== undefined) {
      onFallback?.('unavailable', requests.length);
      return [];
    }
    if (requests.every(hasProof) || (await lag.isMet())) return requests;
    const proving = requests.filter(hasProof);
    onFallback?.('lag', requests.length - proving.length);
    return proving;
  };

  /** What the replica answers in time. */
  const readReplica = async (
    server: Server,
    view: AnyView,
    all: readonly RowRequest[],
  ): Promise<ReadonlyMap<RowRequest, RowRead>> => {
    const reads = new Map<RowRequest, RowRead>();
    let open = await suited(server, view, all);
    const readOpen = async (): Promise<void> => {
      const found = await server.readBatch(view, open);
      open.forEach((request, i) => {
        const read = found[i];
        if (read?.proven === true) reads.set(request, read);
      });
      open = open.filter((request) => !reads.has(request));
    };
    try {
      for (const pauseMs of [0, ...pausesUpTo(proofWaitMs)]) {
        if (open.length === 0) return reads;
        if (pauseMs > 0) await pause(pauseMs);
        await readOpen();
      }
      if (open.length > 0) onFallback?.('unproven', open.length);
    } catch (error) {
      if (!isSqlUnavailable(error)) throw error;
      onFallback?.('unavailable', open.length);
    }
    return reads;
  };

  const readThrough = (servers: { readonly replica: Server; readonly primary: Server }) => {
    const readBatch: TableReader['readBatch'] = async (view, requests) => {
      const reads = await readReplica(servers.replica, view, requests);
      const rest = requests.filter((request) => !reads.has(request));
      const others = rest.length === 0 ? [] : await servers.primary.readBatch(view, rest);
      let next = 0;
      return requests.map((request) => reads.get(request) ?? (others[next++] as RowRead));
    };
    const read: TableReader['read'] = async (view, keyRow, proof) =>
      (await readBatch(view, [{ keyRow, proof }]))[0] as RowRead;
    return { read, readBatch };
  };
  return {
    ...primary,
    primary,
    ...readThrough(options),
    refusal: (view) => (replica.refusal?.(view) === undefined ? undefined : primary.refusal?.(view)),
    reserve(view) {
      const first = replica.refusal?.(view) === undefined ? 'replica' : 'primary';
      const place = reserveRead(options[first], view);
      const { readBatch } = options[first];
      return { ...readThrough({ ...options, [first]: { readBatch, ...place } }), release: () => place.release() };
    },
  };
}

/** A server, or a place in its line: who has one is not refused. */
type Server = Pick<TableReader, 'readBatch' | 'refusal'>;
type Choose = (server: Server, view: AnyView, requests: readonly RowRequest[]) => Promise<readonly RowRequest[]>;

const hasProof = ({ proof }: RowRequest): boolean => proof !== undefined;

function boundOf({ fenceTtlMs, maxLagMs = DEFAULTS.maxLagMs }: ReplicaReaderOptions): number {
  const most = Math.min(fenceTtlMs / FENCE_LIVES, TRUNCATE_BOUND_MS);
  if (maxLagMs <= most) return maxLagMs;
  throw new RangeError(
    `maxLagMs of a replica is ${maxLagMs}; give at most ${most}: fences live ${fenceTtlMs} ms, ten times as long, and truncated tables are swept in time.`,
  );
}
