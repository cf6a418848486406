export { ExitCode } from './exit-code.ts';
export { run } from './run.ts';
export type { Terminal } from './terminal.ts';
export { type SourceOptions, diagnoseSource } from './doctor/diagnose-source.ts';
export { diagnoseBus, diagnoseTopics, diagnoseViewTable } from './doctor/diagnose-targets.ts';
export type { Finding } from './doctor/finding.ts';
