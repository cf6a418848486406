import { DEFAULT_LIMITS } from '@hybridge/protocol';
import { type Finding, error, when } from './finding.ts';

/** A fence must outlive the lag of the databases that fills read from ten times over. */
const LAGS_IN_A_FENCE = 10;

/** @param lagMs of a standby; undefined: the server is none */
export function checkReplica(source: string, lagMs: number | undefined): readonly Finding[] {
  const limit = DEFAULT_LIMITS.fenceTtlMs / LAGS_IN_A_FENCE;
  return [
    ...when(lagMs === undefined, () =>
      error(source, [
        'replica.primary',
        'the server of --replica-url is no standby',
        'give the address of a standby, or none',
      ]),
    ),
    ...when(lagMs !== undefined && lagMs > limit, () =>
      error(source, [
        'replica.lag',
        `the standby is ${Math.round((lagMs ?? 0) / 1_000)} s behind, more than a tenth of the life of a fence`,
        'let fills read the primary until it has caught up',
      ]),
    ),
  ];
}
