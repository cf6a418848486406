/** Installs the parts of the native form into the cache; does nothing when they are there. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackConfig } from '../config.ts';
import { initdbOptions, mariadbInstallOptions, versions } from '../description.ts';
import type { ComponentName } from '../description.ts';
import type { OnProgress } from '../progress.ts';
import { assertUserCanEnter, databaseUser } from '../native/system-user.ts';
import { assertFreeSpace, openCache, pinsHash } from './cache.ts';
import type { Cache } from './cache.ts';
import { chooseEmulator, emulatorPart, installEmulator, isEmulatorInstalled } from './emulator.ts';
import { withInstallLock } from './install-lock.ts';
import type { InstalledParts } from './installed-parts.ts';
import { assertMaven, findJava } from './java.ts';
import type { Java } from './java.ts';
import { MavenPart, fetchMavenParts, lockedFiles, takeFiles } from './maven.ts';
import { installPart, isInstalled } from './part.ts';
import { administratorSql, makeKafkaTemplate, makeMariadbTemplate, makePostgresTemplate } from './templates.ts';
import { unpackConnectPlugin, unpackMariadb, unpackPostgres } from './unpack.ts';

export type InstallOptions = {
  readonly config: StackConfig;
  /** Only what these need is installed. */
  readonly components: readonly ComponentName[];
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
};

const mavenPartsOf: Readonly<Record<ComponentName, readonly MavenPart[]>> = {
  postgres: [MavenPart.postgres],
  kafka: [MavenPart.kafka],
  connect: [MavenPart.kafka],
  mariadb: [MavenPart.mariadb],
  dynamodb: [MavenPart.dynamodb],
  aws: [],
};

/** Generous sizes on disk while installing (archives, unpacked files, the package managers' own caches), in MB. */
const neededSpaceMb = { mavenPart: 150, mariadb: 700, emulator: 1_200, template: 100 };

/**
 * Fetches what is missing (Maven and pip at the same time), checks it, makes the templates. Safe to be called by
 * several processes at once: the others wait.
 *
 * @throws MissingProgramError | DiskFullError | DownloadError | ChecksumError | CacheUnreachableError
 */
export async function ensureInstalled(options: InstallOptions): Promise<InstalledParts> {
  const { config, onProgress, signal } = options;
  const cache = openCache(config.cacheDirectory);
  const user = databaseUser(options.components);
  if (user) assertUserCanEnter(cache.parts, user);
  const onNotice = (text: string): void => onProgress({ kind: 'notice', text });
  const java = await findJava(config.environment);
  const emulator = options.components.includes('aws')
    ? await chooseEmulator(cache, config.awsEmulator, { environment: config.environment, onNotice })
    : 'localstack';
  const layout = layoutOf(cache, java, { emulator: emulatorPart(cache, emulator), components: options.components });
  if (missingOf(layout, options.components).length === 0) return layout.parts;
  await withInstallLock(cache.lockFile, { onNotice, signal }, () => installMissing(cache, layout, options, java));
  return layout.parts;
}

type Layout = {
  readonly parts: InstalledParts;
  readonly maven: Readonly<Record<MavenPart, string>>;
  readonly emulator: ReturnType<typeof emulatorPart>;
  readonly templates: Readonly<Record<Template, string>>;
};

/** Components whose data directory is copied from one that was made once. */
const templateNames = ['postgres', 'mariadb', 'kafka'] as const;
type Template = (typeof templateNames)[number];

type Missing = MavenPart | 'emulator' | `${Template}-template`;

function layoutOf(
  cache: Cache,
  java: Java,
  { emulator, components }: { emulator: Layout['emulator']; components: readonly ComponentName[] },
): Layout {
  const directory = (name: string, ...pins: readonly string[]): string =>
    join(cache.parts, `${name}-${pinsHash(...pins)}`);
  const locked = (part: MavenPart): string => JSON.stringify(lockedFiles(part));
  const maven = Object.fromEntries(
    Object.values(MavenPart).map((part) => [part, directory(part, locked(part))]),
  ) as Record<MavenPart, string>;
  const owner = String(process.getuid?.() ?? '');
  const templates = {
    postgres: directory('postgres-template', locked(MavenPart.postgres), initdbOptions.join(' '), owner),
    mariadb: directory(
      'mariadb-template',
      locked(MavenPart.mariadb),
      mariadbInstallOptions.join(' '),
      administratorSql(),
      owner,
    ),
    kafka: directory('kafka-template', versions.kafka),
  };
  return {
    maven,
    emulator,
    templates,
    parts: {
      java: java.program,
      kafka: maven.kafka,
      connectPlugins: pluginParts(components).map((part) => maven[part]),
      dynamodb: maven.dynamodb,
      postgres: maven.postgres,
      postgresTemplate: join(templates.postgres, 'cluster'),
      mariadb: maven.mariadb,
      mariadbTemplate: join(templates.mariadb, 'data'),
      kafkaTemplate: join(templates.kafka, 'log'),
      aws: { emulator: emulator.emulator, python: emulator.python },
    },
  };
}

/** The connector of a database is a part of Connect only where that database is a part of the stack. */
const pluginParts = (components: readonly ComponentName[]): readonly MavenPart[] =>
  components.includes('mariadb')
    ? [MavenPart.debeziumPostgres, MavenPart.debeziumMariadb]
    : [MavenPart.debeziumPostgres];

const mavenPartsFor = (components: readonly ComponentName[]): readonly MavenPart[] => [
  ...components.flatMap((name) => mavenPartsOf[name]),
  ...(components.includes('connect') ? pluginParts(components) : []),
];

function missingOf(layout: Layout, components: readonly ComponentName[]): Missing[] {
  const maven = new Set(mavenPartsFor(components));
  const missing: Missing[] = [...maven].filter((part) => !isInstalled(layout.maven[part]));
  if (components.includes('aws') && !isEmulatorInstalled(layout.emulator)) missing.push('emulator');
  for (const name of templateNames) {
    if (components.includes(name) && !isInstalled(layout.templates[name])) missing.push(`${name}-template`);
  }
  return missing;
}

async function installMissing(cache: Cache, layout: Layout, options: InstallOptions, java: Java): Promise<void> {
  const missing = missingOf(layout, options.components); // another process may have installed them meanwhile
  await assertFreeSpace(cache.directory, spaceFor(missing));
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const steps = [
    installMavenParts(cache, layout, { ...options, signal }, { java, missing }),
    ...(missing.includes('emulator')
      ? [installEmulator(layout.emulator, { ...options, signal, environment: options.config.environment })]
      : []),
  ];
  // The first failure ends the others, and is what is reported.
  for (const step of steps) step.catch((error: unknown) => failed.abort(error));
  await Promise.allSettled(steps);
  signal.throwIfAborted();
}

async function installMavenParts(
  cache: Cache,
  layout: Layout,
  options: InstallOptions,
  { java, missing }: { java: Java; missing: readonly Missing[] },
): Promise<void> {
  const parts = Object.values(MavenPart).filter((part) => missing.includes(part));
  if (parts.length > 0) {
    await assertMaven();
    const target = join(cache.parts, `fetched-${process.pid}`);
    try {
      await fetchMavenParts({ ...options, cache, javaHome: java.home, parts, target });
      for (const part of parts) await placeMavenPart(part, join(target, part), layout.maven[part], java);
    } finally {
      await rm(target, { recursive: true, force: true });
    }
  }
  await installTemplates(layout, java, missing);
}

async function installTemplates({ templates, maven }: Layout, java: Java, missing: readonly Missing[]): Promise<void> {
  if (missing.includes('postgres-template')) {
    await installPart(templates.postgres, { initdb: initdbOptions.join(' ') }, (directory) =>
      makePostgresTemplate(maven.postgres, directory, databaseUser()),
    );
  }
  if (missing.includes('mariadb-template')) {
    await installPart(templates.mariadb, { install: mariadbInstallOptions.join(' ') }, (directory) =>
      makeMariadbTemplate(maven.mariadb, directory, databaseUser()),
    );
  }
  if (missing.includes('kafka-template')) {
    await installPart(templates.kafka, { kafka: versions.kafka }, (directory) =>
      makeKafkaTemplate(java.program, maven.kafka, directory),
    );
  }
}

async function placeMavenPart(part: MavenPart, fetched: string, directory: string, java: Java): Promise<void> {
  await installPart(directory, { part }, async (unfinished) => {
    await takeFiles(fetched, unfinished);
    if (part === MavenPart.postgres) await unpackPostgres(unfinished, java.home);
    if (part === MavenPart.mariadb) await unpackMariadb(unfinished, java.home);
    if (part === MavenPart.debeziumPostgres || part === MavenPart.debeziumMariadb)
      await unpackConnectPlugin(unfinished);
  });
}

function spaceFor(missing: readonly Missing[]): number {
  const sizeOf = (name: Missing): number => {
    if (name === 'emulator' || name === 'mariadb') return neededSpaceMb[name];
    return name.endsWith('-template') ? neededSpaceMb.template : neededSpaceMb.mavenPart;
  };
  return missing.reduce((sum, name) => sum + sizeOf(name), 0);
}
