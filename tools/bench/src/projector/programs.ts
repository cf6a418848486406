/** How the child processes of the bench are started from their sources. */
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../../../..');

/** Absolute path of a file of the repository. */
export const repositoryPath = (...names: readonly string[]): string => join(repository, ...names);

/** Arguments for Node to run a TypeScript source. kafkajs arms timers in the past, which Node 24 warns of. */
export const nodeArguments = (program: string, ...args: readonly string[]): string[] => [
  '--conditions=@hybridge/source',
  '--disable-warning=TimeoutNegativeWarning',
  program,
  ...args,
];
