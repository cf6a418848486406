/** Apps that run from their sources with definitions that are not those of this installation. */
import { pathToFileURL } from 'node:url';
import { repositoryPath } from '../install/resources.ts';
import { catalog } from './shop-catalog.ts';

/**
 * Environment of an app whose definitions are in another file.
 * @param file from the top of the repository; it exports `catalog`
 */
export const definitionsIn = (file: string) => ({
  NODE_OPTIONS: `--import=${urlOf('tools/local-stack/src/definitions/use-definitions.ts')}`,
  HYBRIDGE_DEFINITIONS: urlOf(file),
});

/**
 * The demo without its stock room, for tests and benches that MariaDB would only slow down.
 * @returns `catalog`, and `env` that gives apps the same one
 */
export const shopOnly = () => ({ catalog, env: definitionsIn('tools/local-stack/src/definitions/shop-catalog.ts') });

const urlOf = (file: string): string => pathToFileURL(repositoryPath(file)).href;
