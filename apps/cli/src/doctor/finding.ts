/** error: it does not work, or loses changes · warning: it works, until something else happens */
export type Severity = 'error' | 'warning';

/** Something that is not as an installation needs it. */
export interface Finding {
  readonly severity: Severity;
  /** Stable, for programs: `postgres.wal-level`. */
  readonly check: string;
  /** What it is about: a source, a table, a topic. */
  readonly subject: string;
  readonly problem: string;
  /** A statement, a setting or a command that mends it, as exact as it can be known here. */
  readonly fix: string;
}

/** Findings of one subject: `[check, problem, fix]`. */
type Told = readonly [check: string, problem: string, fix: string];

export const error = (subject: string, [check, problem, fix]: Told): Finding => ({
  ...{ severity: 'error', check, subject, problem, fix },
});

export const warning = (subject: string, [check, problem, fix]: Told): Finding => ({
  ...{ severity: 'warning', check, subject, problem, fix },
});

/** The finding if it applies. */
export const when = (applies: boolean, finding: () => Finding): readonly Finding[] => (applies ? [finding()] : []);
