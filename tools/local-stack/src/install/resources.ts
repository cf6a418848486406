/** The files that this package carries beside its sources. */
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const packageFile = '@hybridge/local-stack/package.json';

/** Absolute path of a file or directory under `resources/`. */
export function resourcePath(...names: readonly string[]): string {
  return join(packageDirectory(), 'resources', ...names);
}

/** Absolute path of a file at the top of the repository. */
export function repositoryPath(...names: readonly string[]): string {
  return resolve(packageDirectory(), '../..', ...names);
}

/** Java option that points to our logging configuration. */
export function log4jOption(): string {
  return `-Dlog4j2.configurationFile=file:${resourcePath('log4j2.properties')}`;
}

/**
 * Found through Node's own resolution, from the working directory and from the started program: this module is loaded
 * as ESM by Node and as CommonJS by jest, which share no way of naming the current file.
 */
function packageDirectory(): string {
  for (const start of [process.cwd(), dirname(process.argv[1] ?? '.')]) {
    try {
      return dirname(realpathSync(createRequire(join(start, 'from.js')).resolve(packageFile)));
    } catch {
      continue;
    }
  }
  throw new Error(
    `${packageFile} cannot be resolved from ${process.cwd()}: run npm install, and start inside the repository`,
  );
}
