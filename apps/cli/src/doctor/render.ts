import type { Finding } from './finding.ts';

/** What was found in one part of an installation, or why it was not looked at. */
export type Diagnosis =
  { readonly of: string; readonly findings: readonly Finding[] } | { readonly of: string; readonly skipped: string };

const findingsIn = (diagnosis: Diagnosis): readonly Finding[] => ('findings' in diagnosis ? diagnosis.findings : []);

export const hasErrors = (diagnoses: readonly Diagnosis[]): boolean =>
  diagnoses.flatMap(findingsIn).some(({ severity }) => severity === 'error');

/** Lines for people, the errors of each part first. */
export function renderDiagnoses(diagnoses: readonly Diagnosis[]): string {
  const found = diagnoses.flatMap(findingsIn);
  const errors = found.filter(({ severity }) => severity === 'error').length;
  const end =
    errors === 0 && found.length === 0 ? 'Nothing found.' : `${errors} error(s), ${found.length - errors} warning(s).`;
  return [...diagnoses.flatMap(linesOf), end].join('\n');
}

function linesOf(diagnosis: Diagnosis): readonly string[] {
  if ('skipped' in diagnosis) return [`${diagnosis.of}: not looked at; ${diagnosis.skipped}`];
  if (diagnosis.findings.length === 0) return [`${diagnosis.of}: as it should be`];
  const sorted = [...diagnosis.findings].sort((a, b) => a.severity.localeCompare(b.severity));
  return [
    `${diagnosis.of}:`,
    ...sorted.flatMap(({ severity, subject, problem, fix, check }) => [
      `  ${severity} ${subject}: ${problem} [${check}]`,
      `    fix: ${fix}`,
    ]),
  ];
}
