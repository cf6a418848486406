export { ExitCode } from './exit-code.ts';
export { run } from './run.ts';
export type { Terminal } from './terminal.ts';
