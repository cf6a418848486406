/** Fetches the Java parts and the binaries of the databases with Maven, and checks every file against the lock. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { versions } from '../description.ts';
import { UnsupportedPlatformError } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import { readArtifactLock, verifyArtifacts } from './artifact-lock.ts';
import type { LockedFile } from './artifact-lock.ts';
import type { Cache } from './cache.ts';
import { resourcePath } from './resources.ts';
import { runProgram } from './run-program.ts';

/** The modules of `resources/maven`. */
export const MavenPart = {
  kafka: 'kafka',
  debeziumPostgres: 'debezium-postgres',
  debeziumMariadb: 'debezium-mariadb',
  postgres: 'postgres',
  mariadb: 'mariadb',
  dynamodb: 'dynamodb',
} as const;
export type MavenPart = (typeof MavenPart)[keyof typeof MavenPart];

/** What a person calls all this. */
const partTitle = 'Java parts and databases';

const bytesPerMb = 1024 * 1024;
const downloadedPattern = /Downloaded from [^:]+: \S*\/([^/\s]+) \(/;

/** Parts that are programs of one platform, and what their artifacts call it. */
type PlatformNames = Readonly<Record<'postgres' | 'mariadb', string>>;
const platforms: Readonly<Record<string, PlatformNames>> = {
  'linux-x64': { postgres: 'linux-amd64', mariadb: 'linux64' },
};

/** @throws UnsupportedPlatformError */
function platformNames(platform = `${process.platform}-${process.arch}`): PlatformNames {
  const name = platforms[platform];
  if (!name) throw new UnsupportedPlatformError(platform, Object.keys(platforms).join(', '));
  return name;
}

/** Under which name the lock holds a part on this platform. @throws UnsupportedPlatformError */
export function lockKey(part: MavenPart): string {
  const isOfPlatform = part === MavenPart.postgres || part === MavenPart.mariadb;
  return isOfPlatform ? `${part}-${platformNames()[part]}` : part;
}

/** What the lock says about a part on this platform. */
export function lockedFiles(part: MavenPart): Readonly<Record<string, LockedFile>> {
  const key = lockKey(part);
  const files = readArtifactLock()[key];
  if (!files) throw new Error(`artifacts.lock.json has no files for ${key}`);
  return files;
}

export type MavenRun = {
  readonly cache: Cache;
  readonly javaHome: string;
  readonly parts: readonly MavenPart[];
  /** Each part's files go to `<target>/<part>`. */
  readonly target: string;
  readonly signal?: AbortSignal | undefined;
  readonly onFile?: (fileName: string) => void;
};

/** Runs Maven once for all parts; it fetches several files at a time. */
export async function runMaven({ cache, javaHome, parts, target, signal, onFile }: MavenRun): Promise<void> {
  await mkdir(target, { recursive: true });
  const properties = {
    'maven.repo.local': cache.mavenRepository,
    'parts.directory': target,
    'kafka.version': versions.kafka,
    'log4j.version': versions.log4j,
    'dynamodb-local.version': versions.dynamodbLocal,
    'debezium-postgres.version': versions.debeziumPostgres,
    'debezium-mariadb.version': versions.debeziumMariadb,
    'postgres.platform': platformNames().postgres,
    'postgres-binaries.version': versions.postgresBinaries,
    'mariadb.platform': platformNames().mariadb,
    'mariadb.version': versions.mariadb,
  };
  const definitions = Object.entries(properties).map(([key, value]) => `-D${key}=${value}`);
  await runProgram(
    {
      title: 'Maven',
      target: cache.mavenRepository,
      file: 'mvn',
      args: [
        '-B',
        '-T',
        '4',
        '-f',
        resourcePath('maven', 'pom.xml'),
        '-pl',
        parts.join(','),
        'package',
        ...definitions,
      ],
      directory: target,
      environment: { ...process.env, JAVA_HOME: javaHome },
      networkFix:
        "check the network and Maven's own settings (mirrors and proxies in ~/.m2/settings.xml), then run again: what was fetched is kept.",
      signal,
    },
    (line) => {
      const fileName = downloadedPattern.exec(line)?.[1];
      if (fileName) onFile?.(fileName);
    },
  );
}

/** Fetches and verifies; the verified files are then in `<target>/<part>`. @throws ChecksumError */
export async function fetchMavenParts(
  options: Omit<MavenRun, 'onFile'> & { readonly onProgress: OnProgress },
): Promise<void> {
  const { cache, parts, target, onProgress } = options;
  const started = performance.now();
  const locked = Object.assign({}, ...parts.map(lockedFiles)) as Record<string, LockedFile>;
  const total = megabytes(Object.values(locked));
  const fetched = new Map<string, LockedFile>();
  const report = (): void => {
    const done = megabytes([...fetched.values()]);
    onProgress({ kind: 'install-progress', part: partTitle, done, total, unit: 'MB' });
  };
  report();
  await runMaven({
    ...options,
    onFile: (fileName) => {
      const file = locked[fileName];
      if (!file) return;
      fetched.set(fileName, file);
      report();
    },
  });
  for (const part of parts) {
    await verifyArtifacts(join(target, part), lockedFiles(part), (name) =>
      forgetInRepository(cache.mavenRepository, name),
    );
  }
  const ms = Math.round(performance.now() - started);
  onProgress({ kind: 'install-ready', part: partTitle, ms });
}

/** Moves a fetched part's files to where the part is being built. */
export async function takeFiles(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await rename(from, to);
}

/** A wrong file would otherwise be copied from Maven's repository again. */
async function forgetInRepository(repository: string, fileName: string): Promise<void> {
  const entries = await readdir(repository, { recursive: true, withFileTypes: true });
  const wrong = entries.filter((entry) => entry.isFile() && entry.name === fileName);
  await Promise.all(wrong.map((entry) => rm(entry.parentPath, { recursive: true, force: true })));
}

function megabytes(files: readonly LockedFile[]): number {
  return Math.round((files.reduce((sum, file) => sum + file.size, 0) / bytesPerMb) * 10) / 10;
}
