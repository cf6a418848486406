import type { Logger } from '@hybridge/observability';
import { type ProtocolContext, ViewMode, decideRowChange } from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';
import { type BulkWriter, PutUnansweredError, PutsForbiddenError } from '@hybridge/sink-dynamodb';
import type { AnyView } from '@hybridge/views';
import type { ProjectorMetrics } from '../metrics.ts';
import type { RowWork } from '../work.ts';
import type { Clock } from './clock.ts';
import type { LoadLease } from './load-lease.ts';

/** Why a load ended. */
export type LoadEnd = 'loaded' | 'truncate' | 'lease lost' | 'put unanswered' | 'puts refused' | 'stopped';

/** The load of a table nobody is served from: rows are put without a condition, for as long as that is safe. */
export interface FirstLoad {
  /** Whether rows are put. */
  readonly isLoading: boolean;
  /** Whether the table was opened. */
  readonly isOpen: boolean;
  /** Resolves when the load has ended, with the table open or given up. */
  readonly ended: Promise<void>;
  /** Whether a put that is about to leave may do so. */
  mayPut(): boolean;
  /**
   * Puts the row, if it may be put.
   * @returns false: it is to be stored the ordinary way. After a put without an answer not before it cannot take effect
   *   any more: the key waits, others go on
   * @throws DynamoDbSinkError: not stored; LoadStoppedError
   */
  put(work: RowWork): Promise<boolean>;
  /** Ends the load for good; resolves when the table is open. @throws LoadStoppedError, what opening it throws */
  end(reason: LoadEnd): Promise<void>;
}

/** The process ends before what it put is known to have taken effect. What is not done comes again. */
export class LoadStoppedError extends Error {
  override readonly name = 'LoadStoppedError';
  readonly code = 'HYBRIDGE_PROJECTOR_LOAD_STOPPED';
  readonly retry = 'transient';
}

export interface FirstLoadDependencies {
  readonly writer: BulkWriter;
  readonly lease: LoadLease;
  readonly clock: Clock;
  readonly context: ProtocolContext;
  readonly metrics: Pick<ProjectorMetrics, 'loading' | 'loadPuts'>;
  readonly logger: Logger;
  /** Longest time in which a request without an answer may still take effect. Milliseconds. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
}

/** Begins at once: keeps the lease until the load ends. */
export function createFirstLoad(deps: FirstLoadDependencies): FirstLoad {
  const { writer, lease, clock, context, metrics, logger, signal } = deps;
  const startedAt = clock.monotonicMs();
  const renewals = new AbortController();
  const kept = lease.keep(renewals.signal);
  let onEnded = (): void => undefined;
  const ended = new Promise<void>((resolve) => (onEnded = resolve));
  let rows = 0;
  let isOver = false; // no put is under way, nor will be
  let isOpen = false;
  let ending: Promise<void> | undefined;
  /** When the last request without an answer was given up. Monotonic milliseconds. */
  let unansweredAt: number | undefined;

  const end = (reason: LoadEnd): Promise<void> => {
    ending ??= finish(reason).finally(onEnded);
    ending.catch(() => undefined); // logged; whoever waits for it gets it
    return ending;
  };

  const finish = (reason: LoadEnd): Promise<void> =>
    settleAndOpen(reason).catch((error: unknown) => {
      logger.error(
        { err: error },
        'the table was not opened; the next projector that starts does it after lease and grace',
      );
      throw error;
    });

  const settleAndOpen = async (reason: LoadEnd): Promise<void> => {
    const log = { reason, rows, seconds: Math.round((clock.monotonicMs() - startedAt) / 1000) };
    logger[reason === 'loaded' ? 'info' : 'warn'](
      log,
      'the first load ends: rows are written conditionally from now on',
    );
    await writer.idle();
    isOver = true;
    renewals.abort();
    await kept;
    await graceOver();
    const isOurs = await lease.open(signal);
    isOpen = true;
    metrics.loading.set(0);
    logger.info({ rows, byUs: isOurs }, 'the table is open to readers');
  };

  /** Another call may be given up meanwhile. */
  const graceOver = async (): Promise<void> => {
    while (unansweredAt !== undefined) {
      const left = unansweredAt + deps.graceMs - clock.monotonicMs();
      if (left <= 0) return;
      logger.warn(
        { seconds: Math.ceil(left / 1000) },
        'the table is opened when the put without an answer cannot take effect any more',
      );
      await pause(left, signal);
      if (signal.aborted) throw new LoadStoppedError('The projector stops while a put may still take effect.');
    }
  };

  const failed = async (error: unknown): Promise<false> => {
    if (error instanceof PutUnansweredError) {
      unansweredAt = clock.monotonicMs();
      logger.warn({ err: error }, 'a put got no answer');
      await end('put unanswered');
      return false;
    }
    if (!(error instanceof PutsForbiddenError)) throw error;
    logger.warn({ err: error }, 'a put was not sent, or refused');
    void end(lease.held() ? 'puts refused' : 'lease lost');
    return false;
  };

  metrics.loading.set(1);
  logger.info('first load: rows are put without a condition, and nobody is served from the table');

  return {
    get isLoading() {
      return ending === undefined;
    },
    get isOpen() {
      return isOpen;
    },
    ended,
    mayPut: () => !isOver && unansweredAt === undefined && lease.held(),
    async put(work) {
      if (ending !== undefined || !isPuttable(work)) return false;
      if (!lease.held()) {
        void end('lease lost');
        return false;
      }
      const decision = decideRowChange(work.change, work.view.mode, context, undefined);
      if (decision.do !== 'write') return false;
      try {
        await writer.put(decision.write);
      } catch (error) {
        return failed(error);
      }
      rows++;
      metrics.loadPuts.inc();
      return true;
    },
    end,
  };
}

/**
 * A whole row that is newer than all that came before in its partition can take nothing back. What a row embeds, who embeds it
 * and where it was before no put can ask.
 */
export const isPuttable = ({ isNewest, view, change }: RowWork): boolean =>
  isNewest === true && isAlone(view) && change.kind === 'upsert' && change.aged !== true;

const isAlone = ({ mode, relations, isBase, moves }: AnyView): boolean =>
  mode === ViewMode.eager && relations.length === 0 && !isBase && !moves;
