/** How an app of this repository is run from its source. */
import type { LaunchCommand } from '../native/launch.ts';
import { repositoryPath } from '../install/resources.ts';
import type { AppName, AppSettings } from './app-environment.ts';

/** Node runs TypeScript itself from this version on. */
const stripsTypesSince = [22, 18] as const;

const graceMs = 10_000;

/**
 * Flags for V8, which on a large machine lets a heap grow to gigabytes before it collects. What a projector holds is bounded
 * by its settings (`PROJECTOR_MAX_PENDING_BYTES`); its Dockerfile says the same.
 */
export const heapFlags: Partial<Record<AppName, readonly string[]>> = {
  projector: ['--max-semi-space-size=8', '--max-old-space-size=160'],
};

/** The same Node that runs us; before 22.18 through tsx. */
export function appCommand(name: AppName, settings: AppSettings): LaunchCommand {
  // kafkajs arms timers in the past, which Node 24 warns of at every start.
  const loader = stripsTypes(process.versions.node)
    ? ['--disable-warning=TimeoutNegativeWarning']
    : ['--import', 'tsx'];
  return {
    file: process.execPath,
    args: [
      ...(heapFlags[name] ?? []),
      '--conditions=@hybridge/source',
      ...loader,
      repositoryPath('apps', name, 'src', 'main.ts'),
    ],
    directory: repositoryPath(),
    environment: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...compileCache(), ...settings },
    stop: { signal: 'SIGTERM', graceMs },
  };
}

/** Where Node keeps what it compiled, if whoever started us has a place for it: it spares a third of an app's start. */
function compileCache(): AppSettings {
  const directory = process.env['NODE_COMPILE_CACHE'];
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: directory };
}

export function stripsTypes(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = stripsTypesSince;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
