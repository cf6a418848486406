/** Data directories made once and copied at every start: initialised databases, a formatted Kafka log. */
import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { access, initdbOptions, mariadbInstallOptions, portDescriptions } from '../description.ts';
import { LocalStackError } from '../errors.ts';
import { settings } from '../settings.ts';
import { brokerProperties } from '../native/broker-properties.ts';
import { javaArguments, propertiesText } from '../native/java-command.ts';
import { childEnvironment } from '../native/native-component.ts';
import type { SystemUser } from '../native/system-user.ts';
import { log4jOption } from './resources.ts';
import { runProgram } from './run-program.ts';

/** `target/cluster` becomes the cluster, owned by `user`, with the demo's empty database. */
export async function makePostgresTemplate(
  postgres: string,
  target: string,
  user: SystemUser | undefined,
): Promise<void> {
  const cluster = join(target, 'cluster');
  const passwordFile = join(target, 'password');
  await mkdir(cluster, { mode: 0o700 });
  await writeFile(passwordFile, access.postgres.adminPassword);
  if (user) await chown(cluster, user.uid, user.gid);
  const login = ['--username', access.postgres.adminUser, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  await runProgram({
    title: 'initdb',
    target,
    file: join(postgres, 'bin/initdb'),
    args: ['-D', cluster, ...login, '--no-sync', ...initdbOptions],
    directory: target,
    environment: childEnvironment(),
    uid: user?.uid,
    gid: user?.gid,
  });
  await rm(passwordFile);
  createDatabase(postgres, cluster, user);
}

/** `target/data` becomes the data directory, owned by `user`, with the demo's empty database and an administrator. */
export async function makeMariadbTemplate(
  mariadb: string,
  target: string,
  user: SystemUser | undefined,
): Promise<void> {
  const data = join(target, 'data');
  const statements = join(target, 'administrator.sql');
  await mkdir(data, { mode: 0o700 });
  await writeFile(statements, administratorSql());
  if (user) await chown(data, user.uid, user.gid);
  const { 'innodb-log-file-size': logFileSize } = settings.mariadb;
  await runProgram({
    title: 'mariadb-install-db',
    target,
    // The archive keeps no modes, and the script is found by its path in it.
    file: 'sh',
    args: [
      join(mariadb, 'scripts/mariadb-install-db'),
      '--no-defaults',
      `--basedir=${mariadb}`,
      `--datadir=${data}`,
      `--extra-file=${statements}`,
      `--innodb-log-file-size=${logFileSize}`,
      '--skip-name-resolve',
      ...mariadbInstallOptions,
    ],
    directory: target,
    environment: childEnvironment(),
    uid: user?.uid,
    gid: user?.gid,
  });
  await rm(statements);
}

/** As the container image leaves it: an administrator from everywhere, with a password, and the database. */
export function administratorSql(): string {
  const { database, adminUser, adminPassword } = access.mariadb;
  const { 'character-set-server': characters, 'collation-server': collation } = settings.mariadb;
  return [
    'FLUSH PRIVILEGES;', // makes the server of the script know users at all
    "DELETE FROM mysql.global_priv WHERE User = 'root';",
    'FLUSH PRIVILEGES;',
    `CREATE USER '${adminUser}'@'%' IDENTIFIED BY '${adminPassword}';`,
    `GRANT ALL PRIVILEGES ON *.* TO '${adminUser}'@'%' WITH GRANT OPTION;`,
    // The server of the script knows nothing of our settings.
    `CREATE DATABASE ${database} CHARACTER SET ${characters} COLLATE ${collation};`,
    '',
  ].join('\n');
}

/** `target/log` becomes a formatted log directory that fits any port. */
export async function makeKafkaTemplate(java: string, kafka: string, target: string): Promise<void> {
  const log = join(target, 'log');
  const properties = join(target, 'server.properties');
  const ports = {
    kafka: portDescriptions.kafka.defaultPort,
    kafkaController: portDescriptions.kafkaController.defaultPort,
  };
  await writeFile(properties, propertiesText(brokerProperties(ports, log)));
  await runProgram({
    title: 'Kafka storage format',
    target,
    file: java,
    args: javaArguments({
      options: ['-Xmx128m', '-XX:TieredStopAtLevel=1', log4jOption()],
      classPath: kafka,
      mainClass: 'kafka.tools.StorageTool',
      args: ['format', '--cluster-id', clusterId(), '--config', properties],
    }),
    environment: childEnvironment(),
  });
}

/** Single-user mode: no server has to be started for it. */
function createDatabase(postgres: string, cluster: string, user: SystemUser | undefined): void {
  const { status, stderr } = spawnSync(join(postgres, 'bin/postgres'), ['--single', '-D', cluster, 'postgres'], {
    input: `CREATE DATABASE ${access.postgres.database};\n`,
    encoding: 'utf8',
    cwd: cluster,
    env: childEnvironment(),
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  if (status === 0 && !stderr.includes('ERROR')) return;
  throw new LocalStackError('HYBRIDGE_STACK_TEMPLATE', {
    what: `The database ${access.postgres.database} could not be created in the template cluster:\n${stderr}`,
    fix: 'remove the cache directory and install again.',
  });
}

/** 16 bytes in base64url; must not begin with a dash, which its parser takes for an option. */
function clusterId(): string {
  return `k${randomBytes(16).toString('base64url').slice(1)}`;
}
