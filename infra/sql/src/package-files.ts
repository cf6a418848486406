import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SqlSetupError } from './errors.ts';

const packageFile = '@hybridge/infra-sql/package.json';

/**
 * Absolute path of a file or folder of this package. Found through Node's resolution, from the working directory and from
 * the started program: ESM (Node) and CommonJS (jest) share no way of naming the current file.
 * @throws SqlSetupError `HYBRIDGE_SQL_FILES_MISSING`
 */
export function packagePath(...names: readonly string[]): string {
  for (const start of [process.cwd(), dirname(process.argv[1] ?? '.')]) {
    try {
      return join(dirname(realpathSync(createRequire(join(start, 'from.js')).resolve(packageFile))), ...names);
    } catch {
      continue;
    }
  }
  throw new SqlSetupError(
    'HYBRIDGE_SQL_FILES_MISSING',
    `${packageFile} cannot be resolved from ${process.cwd()}: run npm install, and start inside the repository.`,
  );
}
