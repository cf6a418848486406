import { type Finding, error, when } from './finding.ts';

/** Signatures of AWS and leases of loads bear as much. */
const MAX_SKEW_MS = 30_000;

export interface ClockReading {
  /** Ours before and after the other was asked, milliseconds since 1970. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly theirMs: number;
}

/** Whether another clock is right within half a minute, if ours is. */
export function checkClock(subject: string, { beforeMs, afterMs, theirMs }: ClockReading): readonly Finding[] {
  const skew = theirMs < beforeMs ? theirMs - beforeMs : Math.max(0, theirMs - afterMs);
  return when(Math.abs(skew) > MAX_SKEW_MS, () =>
    error(subject, [
      'clock.skew',
      `its clock and ours differ by ${Math.round(Math.abs(skew) / 1_000)} s: leases, times to live and signatures go wrong`,
      'let both follow NTP (timedatectl set-ntp true)',
    ]),
  );
}
