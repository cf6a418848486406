/** What the command tells the shell. */
export const ExitCode = {
  /** Nothing differs; everything asked for was done. */
  ok: 0,
  /** Something differs, is unhealthy or failed. */
  failed: 1,
  /** Wrong arguments or settings: nothing was done. */
  usage: 2,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
