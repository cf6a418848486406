/** Starts the whole local stack, or a part of it, in the form that fits the machine. */
import { isAbsolute, resolve } from 'node:path';
import { readStackConfig } from './config.ts';
import type { StackConfig } from './config.ts';
import { composeForm, startComposeStack } from './compose/start-compose.ts';
import { defaultComponents, withNeeds } from './description.ts';
import type { ComponentName, Ports } from './description.ts';
import { StackForm } from './endpoints.ts';
import { openCache } from './install/cache.ts';
import { ensureInstalled } from './install/install.ts';
import type { ComponentCrash, LocalStack } from './local-stack.ts';
import { makeRoom, startNativeStack } from './native/start-native.ts';
import { findFreePorts } from './ports.ts';
import type { OnProgress } from './progress.ts';

export type StackOptions = {
  /** Default `auto`: compose where a Docker engine answers and compose is available, else native. */
  readonly form?: StackForm | 'auto';
  /**
   * Default: the fixed ports of the description, each changed by its environment variable. `free` picks free ones, for
   * tests; single ports may be given.
   */
  readonly ports?: 'free' | Partial<Ports>;
  /** Default all but MariaDB. What they need is added. */
  readonly components?: readonly ComponentName[];
  /** Native form: a directory of the caller's, whose data is used again and stays. Default: fresh data, removed at stop. */
  readonly runDirectory?: string;
  /** Aborting while starting ends everything that was started. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** A component ended without being asked to (native form). */
  readonly onCrash?: (crash: ComponentCrash) => void;
  /** Default: read from the environment. */
  readonly config?: StackConfig;
};

/**
 * Installs what is missing and resolves when every component answers.
 *
 * @throws LocalStackError of the kinds in `errors.ts`; then nothing that was started is left.
 */
export async function startStack(options: StackOptions = {}): Promise<LocalStack> {
  const config = options.config ?? readStackConfig();
  const components = withNeeds(options.components ?? defaultComponents);
  const ports = await choosePorts(options.ports, config);
  const onProgress = options.onProgress ?? (() => {});
  const common = { components, ports, onProgress, signal: options.signal };
  if ((await chooseForm(options.form ?? 'auto')) === StackForm.compose) return startComposeStack(common);
  const directories = {
    runsDirectory: openCache(config.cacheDirectory).runs,
    runDirectory: absolute(options.runDirectory),
  };
  await makeRoom({ ...common, ...directories });
  const parts = await ensureInstalled({ config, components, onProgress, signal: options.signal });
  return startNativeStack({
    ...common,
    ...directories,
    parts,
    onCrash: options.onCrash ?? (() => {}),
  });
}

async function chooseForm(form: StackForm | 'auto'): Promise<StackForm> {
  if (form !== 'auto') return form;
  return (await composeForm()) ? StackForm.compose : StackForm.native;
}

async function choosePorts(wanted: StackOptions['ports'], config: StackConfig): Promise<Ports> {
  if (wanted === 'free') return findFreePorts();
  return { ...config.ports, ...wanted };
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined || isAbsolute(path) ? path : resolve(path);
}
